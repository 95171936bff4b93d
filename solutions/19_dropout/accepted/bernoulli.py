# PyTorch's own way: Bernoulli numbers in a new tensor, divided, then one product.
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.keep = 1 - p

    def forward(self, x):
        if not self.training:
            return x
        noise = torch.empty_like(x).bernoulli_(self.keep)
        if self.keep > 0:
            noise.div_(self.keep)
        return x.mul(noise)
