# The maximum of unfold's columns; the mean as a convolution of each channel with equal weights.
import torch
import torch.nn.functional as F


def max_pool2d(x, kernel_size, stride=None, padding=0):
    kernel_size, stride, padding = map(as_pair, (kernel_size, stride or kernel_size, padding))
    n, channels, _, _ = x.shape
    padded = F.pad(x, (padding[1], padding[1], padding[0], padding[0]), value=float("-inf"))
    columns = F.unfold(padded, kernel_size, stride=stride)  # (N, C·K·O, L)
    largest = columns.reshape(n, channels, -1, columns.shape[-1]).max(dim=2)[0]
    rows = (padded.shape[2] - kernel_size[0]) // stride[0] + 1
    return largest.reshape(n, channels, rows, -1)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    kernel_size, stride, padding = map(as_pair, (kernel_size, stride or kernel_size, padding))
    channels = x.shape[1]
    weight = torch.ones(channels, 1, *kernel_size, dtype=x.dtype) / (kernel_size[0] * kernel_size[1])
    return F.conv2d(x, weight, stride=stride, padding=padding, groups=channels)


def as_pair(value):
    return value if isinstance(value, tuple) else (value, value)
