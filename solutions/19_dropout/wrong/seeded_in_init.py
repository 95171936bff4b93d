# expect: check=fresh misconception=seeded-in-init
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.generator = torch.Generator().manual_seed(42)

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        keep = (torch.rand(x.shape, generator=self.generator) >= self.p).to(x.dtype)
        return x * keep / (1 - self.p)
