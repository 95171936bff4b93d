# expect: check=dtype misconception=float64-output
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
        keep = torch.from_numpy(np.random.binomial(1, 1 - self.p, size=tuple(x.shape)) / (1 - self.p))
        return x * keep
