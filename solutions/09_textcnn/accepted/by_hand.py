# Embedding by indexing, convolution over unfolded windows, dropout with a mask of its own.
import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.convs = nn.Sequential(*[nn.Conv1d(embed_dim, num_filters, k) for k in kernel_sizes])
        self.linear = nn.Linear(len(kernel_sizes) * num_filters, num_classes)
        self.drop_probability = dropout

    def forward(self, tokens):
        words = self.embedding.weight[tokens]  # (N, L, d)
        features = []
        for conv in self.convs:
            windows = words.unfold(1, conv.kernel_size[0], 1)  # (N, L - k + 1, d, k)
            h = torch.einsum("ntdk,fdk->ntf", windows, conv.weight) + conv.bias
            features.append(h.clamp(min=0).amax(1))
        x = torch.cat(features, dim=1)
        if self.training:
            keep = 1 - self.drop_probability
            x = x * torch.bernoulli(torch.full_like(x, keep)) / keep
        return self.linear(x)
