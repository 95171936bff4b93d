# expect: check=mask misconception=all-or-nothing
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
        if torch.rand(()) < self.p:
            return x * 0
        return x / (1 - self.p)
