# expect: check=values misconception=divided-by-p
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 0:
            return x
        keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
        return x * keep / self.p
