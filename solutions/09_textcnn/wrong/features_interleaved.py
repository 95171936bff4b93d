# expect: check=forward misconception=features-interleaved
import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.convs = nn.ModuleList([nn.Conv1d(embed_dim, num_filters, k) for k in kernel_sizes])
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(len(kernel_sizes) * num_filters, num_classes)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        features = []
        for conv in self.convs:
            h = torch.relu(conv(x))
            features.append(h.max(dim=2).values)
        out = torch.stack(features, dim=2).flatten(1)
        return self.fc(self.dropout(out))
