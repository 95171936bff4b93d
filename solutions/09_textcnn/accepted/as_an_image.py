# The sentence as an image of one channel, and a kernel as wide as the image: conv2d with a Conv1d's parameters.
import torch
import torch.nn.functional as F
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        for i, k in enumerate(kernel_sizes):
            setattr(self, f"conv{i}", nn.Conv1d(embed_dim, num_filters, k))
        self.n_convs = len(kernel_sizes)
        self.dropout = nn.Dropout(p=dropout)
        self.fc = nn.Linear(self.n_convs * num_filters, num_classes)

    def forward(self, tokens):
        image = self.embedding(tokens)[:, None]  # (N, 1, L, d)
        features = []
        for i in range(self.n_convs):
            conv = getattr(self, f"conv{i}")
            weight = conv.weight.transpose(1, 2).unsqueeze(1)  # (F, 1, k, d)
            h = F.conv2d(image, weight, conv.bias)  # (N, F, L - k + 1, 1)
            features.append(F.relu(h).squeeze(3).max(dim=2)[0])
        return self.fc(self.dropout(torch.cat(features, -1)))
