# expect: check=bias misconception=bias-per-channel
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, tuple) else (stride, stride)
    p, q = padding if isinstance(padding, tuple) else (padding, padding)
    c_out, c_in, k, o = weight.shape
    windows = F.pad(x, (q, q, p, p)).unfold(2, k, s).unfold(3, o, t)
    out = 0
    for c in range(c_in):
        out = out + torch.einsum("nhwij,fij->nfhw", windows[:, c], weight[:, c])
        if bias is not None:
            out = out + bias.view(-1, 1, 1)
    return out
