# expect: check=channels misconception=last-channel-only
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, tuple) else (stride, stride)
    p, q = padding if isinstance(padding, tuple) else (padding, padding)
    c_out, c_in, k, o = weight.shape
    windows = F.pad(x, (q, q, p, p)).unfold(2, k, s).unfold(3, o, t)
    n, _, rows, cols = windows.shape[:4]
    out = x.new_zeros(n, c_out, rows, cols)
    for f in range(c_out):
        for c in range(c_in):
            out[:, f] = (windows[:, c] * weight[f, c]).sum(dim=(-2, -1))
        if bias is not None:
            out[:, f] += bias[f]
    return out
