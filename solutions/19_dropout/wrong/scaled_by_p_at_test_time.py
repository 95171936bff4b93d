# expect: check=eval misconception=scaled-by-p-at-test-time
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
            return x * keep
        return x * self.p
