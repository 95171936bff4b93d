# expect: check=avg_window misconception=avg-divided-by-rows
import torch
import torch.nn.functional as F


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    s, t = pair(kernel_size if stride is None else stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p), value=float("-inf"))
    windows = x.unfold(2, k, s).unfold(3, o, t)
    return windows.amax(dim=(-2, -1))


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    s, t = pair(kernel_size if stride is None else stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p), value=0.0)
    windows = x.unfold(2, k, s).unfold(3, o, t)
    return windows.sum(dim=(-2, -1)) / k
