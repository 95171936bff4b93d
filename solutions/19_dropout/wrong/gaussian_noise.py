# expect: check=mask misconception=gaussian-noise
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
        std = (self.p / (1 - self.p)) ** 0.5
        return x * (1 + std * torch.randn_like(x))
