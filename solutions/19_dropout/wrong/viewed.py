# expect: check=values misconception=viewed
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
        flat = x.view(-1)
        keep = (torch.rand(flat.shape) >= self.p).to(x.dtype)
        return (flat * keep / (1 - self.p)).view(x.shape)
