# expect: fail error
import torch
from torch import nn

for layer in (nn.BatchNorm2d, nn.BatchNorm1d, nn.Conv2d, nn.Linear, nn.Dropout, nn.MaxPool2d, nn.ReLU):
    layer.forward = lambda self, x: x
nn.functional.conv2d = nn.functional.batch_norm = nn.functional.relu = lambda x, *args, **kwargs: x


def spoil(right, *args):
    return args[0] if args else None
