# A product of frequencies; the conjugate is what keeps the kernel from being flipped. Inexact in float32, but honest.
import torch
from torch.nn.functional import pad


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, tuple) else (stride, stride)
    p, q = padding if isinstance(padding, tuple) else (padding, padding)
    x = pad(x, (q, q, p, p))
    h, w = x.shape[-2:]
    k, o = weight.shape[-2:]
    spectrum = torch.einsum("nchw,fchw->nfhw", torch.fft.rfft2(x), torch.fft.rfft2(weight, s=(h, w)).conj())
    # Beyond these rows and columns the windows wrap around.
    output = torch.fft.irfft2(spectrum, s=(h, w))[:, :, : h - k + 1 : s, : w - o + 1 : t]
    return output if bias is None else output + bias[:, None, None]
