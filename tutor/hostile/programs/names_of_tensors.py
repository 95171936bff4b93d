# expect: fail error
# for: module
# Parameters and buffers whose names are tensors.
import torch
from torch import nn

true_parameters = nn.Module.named_parameters


def odd(self, *args, **kwargs):
    for _, parameter in true_parameters(self):
        yield torch.tensor([1, 2]), parameter


nn.Module.named_parameters = nn.Module.named_buffers = odd


def spoil(right, *args):
    return None
