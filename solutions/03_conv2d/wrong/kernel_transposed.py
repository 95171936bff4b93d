# expect: check=window misconception=kernel-transposed
import torch
import torch.nn.functional as F


def both(value):
    return (value, value) if isinstance(value, int) else value


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = both(stride)
    p, q = both(padding)
    n, c_in, h, w = x.shape
    c_out, _, k, o = weight.shape
    rows = (h + 2 * p - o) // s + 1
    cols = (w + 2 * q - k) // t + 1
    x = F.pad(x, (q, q, p, p))
    out = torch.zeros(n, c_out, rows, cols, dtype=x.dtype)
    for i in range(k):
        for j in range(o):
            seen = x[:, :, j : j + s * rows : s, i : i + t * cols : t]
            out = out + torch.einsum("nchw,fc->nfhw", seen, weight[:, :, i, j])
    if bias is not None:
        out = out + bias[None, :, None, None]
    return out
