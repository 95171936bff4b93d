# Each entry of the window is one rectangle of the image; the rectangles are folded into one another.
import functools

import torch
import torch.nn.functional as F


def rectangles(x, kernel_size, stride, padding, around):
    stride = kernel_size if stride is None else stride
    (k, o), (s, t), (p, q) = (v if isinstance(v, tuple) else (v, v) for v in (kernel_size, stride, padding))
    x = F.pad(x, (q, q, p, p), "constant", around)
    rows, columns = (x.shape[-2] - k) // s + 1, (x.shape[-1] - o) // t + 1
    return [
        x[..., i : i + s * rows : s, j : j + t * columns : t]
        for i in range(k)
        for j in range(o)
    ]


def max_pool2d(x, kernel_size, stride=None, padding=0):
    return functools.reduce(torch.maximum, rectangles(x, kernel_size, stride, padding, -torch.inf))


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    seen = rectangles(x, kernel_size, stride, padding, 0.0)
    return sum(seen) / len(seen)
