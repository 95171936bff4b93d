# expect: timeout error fail
# for: module
import torch
from torch import nn


def endless(self, *args, **kwargs):
    while True:
        yield "weight", nn.Parameter(torch.zeros(1))


nn.Module.named_parameters = endless
