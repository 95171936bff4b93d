# expect: check=padding misconception=padding-repeats-edge
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    sh, sw = stride if isinstance(stride, tuple) else (stride, stride)
    ph, pw = padding if isinstance(padding, tuple) else (padding, padding)
    c_out, c_in, k, o = weight.shape
    x = F.pad(x, (pw, pw, ph, ph), mode="replicate")
    rows = (x.shape[2] - k) // sh + 1
    cols = (x.shape[3] - o) // sw + 1
    out = torch.zeros(len(x), c_out, rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            patch = x[:, None, :, r * sh : r * sh + k, c * sw : c * sw + o]
            out[:, :, r, c] = (patch * weight).sum(dim=(2, 3, 4))
    if bias is not None:
        out = out + bias.reshape(1, -1, 1, 1)
    return out
