# expect: check=gradients misconception=numpy-inside
import numpy as np
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
        keep = np.random.rand(*x.shape) >= self.p
        return torch.from_numpy(x.numpy() * keep / (1 - self.p)).to(x.dtype)
