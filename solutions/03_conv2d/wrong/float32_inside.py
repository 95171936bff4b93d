# expect: check=window misconception=float32-inside
import torch
import torch.nn.functional as F


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (s, t), (p, q) = pair(stride), pair(padding)
    k, o = weight.shape[2:]
    x = F.pad(x, (q, q, p, p))
    windows = x.unfold(2, k, s).unfold(3, o, t)
    out = torch.einsum("nchwij,fcij->nfhw", windows.float(), weight.float())
    out = out.to(x.dtype)
    if bias is not None:
        out = out + bias.view(-1, 1, 1)
    return out
