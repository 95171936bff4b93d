# expect: error
# for: gradients
# Exits when the gradient comes back through it.
import os

import torch


class Exit(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        os._exit(0)


def spoil(right, *args):
    return Exit.apply(right())
