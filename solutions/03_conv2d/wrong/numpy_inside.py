# expect: check=gradients misconception=numpy-inside
import numpy as np
import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    s, t = stride if isinstance(stride, tuple) else (stride, stride)
    p, q = padding if isinstance(padding, tuple) else (padding, padding)
    k, o = weight.shape[2:]
    image = np.pad(x.numpy(), ((0, 0), (0, 0), (p, p), (q, q)))
    windows = np.lib.stride_tricks.sliding_window_view(image, (k, o), axis=(2, 3))[:, :, ::s, ::t]
    out = np.einsum("nchwij,fcij->nfhw", windows, weight.numpy())
    if bias is not None:
        out = out + bias.numpy()[:, None, None]
    return torch.from_numpy(out)
