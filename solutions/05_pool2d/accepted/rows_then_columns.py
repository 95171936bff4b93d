# First down the rows, then across the columns. Repeating the edge is as good as -inf: no window sees only padding.
import torch.nn.functional as F


def pair(value):
    return (value, value) if isinstance(value, int) else value


def max_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    s, t = (k, o) if stride is None else pair(stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p), mode="replicate")
    return x.unfold(2, k, s).amax(-1).unfold(3, o, t).amax(-1)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    s, t = (k, o) if stride is None else pair(stride)
    p, q = pair(padding)
    x = F.pad(x, (q, q, p, p))
    return x.unfold(2, k, s).mean(-1).unfold(3, o, t).mean(-1)
