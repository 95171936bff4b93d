# expect: check=fresh misconception=mask-kept
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.keep = None

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        if self.keep is None:
            self.keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
        return x * self.keep / (1 - self.p)
