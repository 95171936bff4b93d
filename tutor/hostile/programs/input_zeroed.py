# expect: fail error
# for: function module
import torch


def spoil(right, *args):
    tensors = [value for value in args if isinstance(value, torch.Tensor)]
    for value in tensors:
        value.detach().zero_()
    return right() if tensors else None
