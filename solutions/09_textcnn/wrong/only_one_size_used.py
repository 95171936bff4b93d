# expect: check=construct misconception=only-one-size-used
import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        for k in kernel_sizes:
            self.conv = nn.Conv1d(embed_dim, num_filters, k)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(num_filters, num_classes)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        h = torch.relu(self.conv(x))
        out = h.max(dim=2).values
        return self.fc(self.dropout(out))
