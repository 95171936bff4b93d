# A mask of float32, whatever x is, and > for ≥. With p = 1 nothing is divided.
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p

    def forward(self, x):
        if self.training:
            if self.p == 1.0:
                return torch.zeros_like(x)
            mask = (torch.rand(x.size()) > self.p).float()
            return (mask * x / (1.0 - self.p)).type(x.dtype)
        return x
