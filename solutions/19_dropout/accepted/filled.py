# masked_fill on what is scaled already; max() keeps 1 − p from 0.
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p, self.scale = p, 1 / max(1 - p, 1e-12)

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        return (x * self.scale).masked_fill(torch.rand_like(x) < self.p, 0)
