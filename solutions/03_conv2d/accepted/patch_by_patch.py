# One window of all images at a time, against all filters; the outputs are stacked at the end.
import torch
from torch import nn


def conv2d(x, weight, bias=None, stride=1, padding=0):
    if not isinstance(stride, tuple):
        stride = (stride, stride)
    if not isinstance(padding, tuple):
        padding = (padding, padding)
    if bias is None:
        bias = weight.new_zeros(weight.shape[0])
    kernel_h, kernel_w = weight.shape[-2], weight.shape[-1]
    padded = nn.ZeroPad2d((padding[1], padding[1], padding[0], padding[0]))(x)
    _, _, h, w = padded.shape
    lines = []
    for top in range(0, h - kernel_h + 1, stride[0]):
        line = []
        for left in range(0, w - kernel_w + 1, stride[1]):
            patch = padded[:, :, top : top + kernel_h, left : left + kernel_w]
            line.append(torch.tensordot(patch, weight, dims=([1, 2, 3], [1, 2, 3])) + bias)  # (N, C_out)
        lines.append(torch.stack(line, dim=-1))
    return torch.stack(lines, dim=-2)
