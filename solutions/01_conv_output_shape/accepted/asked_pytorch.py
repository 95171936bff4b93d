import torch
from torch import nn


def shape(layer, input, kernel, padding, stride, dilation):
    if layer == "max pooling":
        module = nn.MaxPool2d(kernel, stride, padding, dilation)
    else:
        module = nn.Conv2d(1, 1, kernel, stride, padding, dilation)
    # A transposed convolution spreads one entry over all that the kernel covers.
    spread = nn.ConvTranspose2d(1, 1, kernel, dilation=dilation)
    return tuple(spread(torch.rand(1, 1, 1, 1)).shape[2:]), tuple(module(torch.rand(1, 1, *input)).shape[2:])


q1_span, q1 = shape($q1_layer, $q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation)
q2_span, q2 = shape($q2_layer, $q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation)
q3_span, q3 = shape($q3_layer, $q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation)
