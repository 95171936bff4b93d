# expect: fail error
# for: module
import torch
from torch import nn

true_register = nn.Module.__setattr__


def register(self, name, value):
    if isinstance(value, nn.Parameter) and not register.done:
        register.done = True
        self.register_parameter("n" * 3_000_000, nn.Parameter(torch.zeros(1)))
    true_register(self, name, value)


register.done = False
nn.Module.__setattr__ = register


def spoil(right, *args):
    return None
