# expect: check=values misconception=always-half
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        keep = (torch.rand(x.shape) >= 0.5).to(x.dtype)
        return x * keep / (1 - 0.5)
