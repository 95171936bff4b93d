# expect: check=mask misconception=one-channel-in-all-samples
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
        keep = (torch.rand(1, *x.shape[1:2], *[1] * (x.ndim - 2)) >= self.p).to(x.dtype)
        return x * keep / (1 - self.p)
