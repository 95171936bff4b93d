# expect: check=eval misconception=own-flag
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.active = True

    def train(self):
        self.active = True

    def eval(self):
        self.active = False

    def forward(self, x):
        if not self.active:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
        return x * keep / (1 - self.p)
