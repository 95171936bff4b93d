# expect: check=p_zero misconception=zero-as-default
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=None):
        super().__init__()
        self.p = p or 0.5

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
        return x * keep / (1 - self.p)
