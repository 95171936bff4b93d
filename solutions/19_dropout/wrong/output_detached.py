# expect: check=gradients misconception=output-detached
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
        y = x.detach().clone()
        y[torch.rand(x.shape) < self.p] = 0
        return y / (1 - self.p)
