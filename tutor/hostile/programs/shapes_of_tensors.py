# expect: fail error
# for: module
# Parameters and buffers whose sizes are tensors, in place of numbers.
import torch
from torch import nn


class Odd:
    def __init__(self, dimensions):
        self.dimensions = dimensions

    @property
    def shape(self):
        return [torch.tensor([1, 2])] * self.dimensions


true_parameters = nn.Module.named_parameters


def odd(self, *args, **kwargs):
    for name, parameter in true_parameters(self):
        yield name, Odd(parameter.ndim)


nn.Module.named_parameters = nn.Module.named_buffers = odd
nn.Module.state_dict = lambda self, *args, **kwargs: dict(odd(self))


def spoil(right, *args):
    return None
