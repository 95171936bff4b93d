# expect: check=mask misconception=fixed-number
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        keep = torch.ones(x.numel(), dtype=x.dtype)
        dropped = torch.randperm(x.numel())[: round(self.p * x.numel())]
        keep[dropped] = 0
        return x * keep.view(x.shape) / (1 - self.p)
