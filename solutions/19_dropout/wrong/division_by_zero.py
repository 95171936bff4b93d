# expect: check=p_one misconception=division-by-zero
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        scale = 1 / (1 - self.p)
        keep = (torch.rand(x.shape) >= self.p).to(x.dtype)
        return x * keep * scale
