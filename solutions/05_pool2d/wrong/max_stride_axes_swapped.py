# expect: check=max_stride misconception=max-stride-axes-swapped
import torch
import torch.nn.functional as F


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    k, o = pair(kernel_size)
    s, t = pair(stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p), value=float("-inf"))
    n, channels, h, w = x.shape
    rows = (h - k) // t + 1
    cols = (w - o) // s + 1
    out = torch.zeros(n, channels, rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            window = x[:, :, r * t : r * t + k, c * s : c * s + o]
            out[:, :, r, c] = window.amax(dim=(2, 3))
    return out


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    s, t = pair(kernel_size if stride is None else stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p), value=0.0)
    windows = x.unfold(2, k, s).unfold(3, o, t)
    return windows.mean(dim=(-2, -1))
