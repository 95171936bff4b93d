# One branch for each size; ReLU after the maximum, which gives the same; dropout in each branch, before concatenation.
import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim)
        self.branches = nn.ModuleList()
        for k in kernel_sizes:
            branch = nn.Sequential(
                nn.Conv1d(embed_dim, num_filters, kernel_size=k),
                nn.AdaptiveMaxPool1d(1),
                nn.Flatten(),
                nn.ReLU(inplace=True),
                nn.Dropout(dropout),
            )
            self.branches.append(branch)
        self.classify = nn.Linear(num_filters * len(kernel_sizes), num_classes)

    def forward(self, tokens):
        picture = self.embed(tokens).mT
        return self.classify(torch.hstack([branch(picture) for branch in self.branches]))
