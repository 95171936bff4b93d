# expect: fail error
# for: function module
import torch


def spoil(right, *args):
    for value in args:
        if isinstance(value, torch.Tensor):
            value.detach().zero_()
    return right()
