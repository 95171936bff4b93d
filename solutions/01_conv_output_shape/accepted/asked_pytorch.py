import torch
from torch import nn


def shape(layer, input, kernel, padding, stride):
    if layer == "max pooling":
        module = nn.MaxPool2d(kernel, stride, padding)
    else:
        module = nn.Conv2d(1, 1, kernel, stride, padding)
    return tuple(module(torch.rand(1, 1, *input)).shape[2:])


q1 = shape($q1_layer, $q1_input, $q1_kernel, $q1_padding, $q1_stride)
q2 = shape($q2_layer, $q2_input, $q2_kernel, $q2_padding, $q2_stride)
q3 = shape($q3_layer, $q3_input, $q3_kernel, $q3_padding, $q3_stride)
