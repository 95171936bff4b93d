# expect: check=construct misconception=one-conv-for-all-sizes
import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.conv = nn.Conv1d(embed_dim, num_filters, kernel_sizes[0])
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(len(kernel_sizes) * num_filters, num_classes)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        features = []
        for _ in range(self.fc.in_features // self.conv.out_channels):
            h = torch.relu(self.conv(x))
            features.append(h.max(dim=2).values)
        out = torch.cat(features, dim=1)
        return self.fc(self.dropout(out))
