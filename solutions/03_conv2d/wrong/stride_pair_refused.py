# expect: check=stride misconception=stride-pair-refused
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    p, q = padding if isinstance(padding, tuple) else (padding, padding)
    x = F.pad(x, (q, q, p, p))
    n, c_in, h, w = x.shape
    c_out, _, k, o = weight.shape
    rows, cols = (h - k) // stride + 1, (w - o) // stride + 1
    out = torch.zeros(n, c_out, rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            window = x[:, None, :, r * stride : r * stride + k, c * stride : c * stride + o]
            out[:, :, r, c] = (window * weight).sum(dim=(2, 3, 4))
    if bias is not None:
        out = out + bias.view(-1, 1, 1)
    return out
