# expect: check=padding misconception=padding-pair-refused
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, tuple) else (stride, stride)
    x = F.pad(x, (padding, padding, padding, padding))
    c_out, c_in, k, o = weight.shape
    windows = x.unfold(2, k, s).unfold(3, o, t)
    out = torch.einsum("nchwij,fcij->nfhw", windows, weight)
    if bias is not None:
        out = out + bias.view(-1, 1, 1)
    return out
