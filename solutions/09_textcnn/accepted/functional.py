import torch
import torch.nn.functional as F
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, kernel_sizes=(3, 4, 5), num_filters=100, dropout=0.5):
        super().__init__()
        self.p = dropout
        shapes = [(vocab_size, embed_dim)]
        for k in kernel_sizes:
            shapes += [(num_filters, embed_dim, k), (num_filters,)]
        shapes += [(num_classes, num_filters * len(kernel_sizes)), (num_classes,)]
        self.all = nn.ParameterList([nn.Parameter(torch.randn(shape) / shape[-1] ** 0.5) for shape in shapes])

    def forward(self, tokens):
        table, *kernels, w, b = self.all
        x = F.embedding(tokens, table).permute(0, 2, 1)
        pooled = []
        for weight, bias in zip(kernels[::2], kernels[1::2]):
            h = F.relu(F.conv1d(x, weight, bias))
            pooled.append(F.max_pool1d(h, kernel_size=h.shape[-1]).squeeze(-1))
        x = F.dropout(torch.cat(pooled, 1), self.p, training=self.training)
        return F.linear(x, w, b)
