# expect: check=gradients misconception=gradient-not-masked
import torch
from torch import nn


class Mask(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        keep = (torch.rand(x.shape) >= p).to(x.dtype)
        ctx.save_for_backward(keep)
        ctx.p = p
        return x * keep / (1 - p)

    @staticmethod
    def backward(ctx, grad):
        return grad / (1 - ctx.p), None


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return torch.zeros_like(x)
        return Mask.apply(x, self.p)
