# The mask from NumPy, with a generator of its own that nobody has seeded; the product stays in PyTorch.
import numpy as np
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.rng = np.random.default_rng()

    def forward(self, x):
        if not self.training:
            return x
        keep = self.rng.binomial(1, 1 - self.p, size=tuple(x.shape))
        mask = torch.from_numpy(np.asarray(keep)).to(x)
        return x * mask / (1 - self.p) if self.p < 1 else x * mask
