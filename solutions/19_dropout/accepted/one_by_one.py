# Python's own random numbers, one after the other.
import random

import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        factors = []
        for _ in range(x.numel()):
            if random.random() < self.p:
                factors.append(0.0)
            else:
                factors.append(1 / (1 - self.p))
        return x * torch.tensor(factors, dtype=x.dtype).reshape(x.shape)
