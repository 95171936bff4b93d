# torch.bernoulli on a tensor of probabilities; where() chooses between x and 0; divided before, by 1 where p is 1.
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.register_buffer("chance", torch.tensor(1.0 - p, dtype=torch.float64), persistent=False)

    def forward(self, x):
        if self.training:
            chance = self.chance.to(x.dtype)
            keep = torch.bernoulli(chance.expand(x.shape)).bool()
            scaled = x / torch.where(chance > 0, chance, torch.ones_like(chance))
            x = torch.where(keep, scaled, torch.zeros_like(x))
        return x
