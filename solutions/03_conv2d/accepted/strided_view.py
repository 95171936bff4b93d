# All windows as a view of the padded image: no entry is copied until the sum.
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    p, q = padding if isinstance(padding, (tuple, list)) else (padding, padding)
    x = F.pad(x, [q, q, p, p]).contiguous()
    n, c_in, h, w = x.shape
    k, o = weight.shape[2:]
    size = (n, c_in, (h - k) // s + 1, (w - o) // t + 1, k, o)
    a, b, c, d = x.stride()
    windows = torch.as_strided(x, size, (a, b, c * s, d * t, c, d))
    out = torch.einsum("nchwij,fcij->nfhw", windows, weight)
    return out if bias is None else out + bias.reshape(-1, 1, 1)
