# The variance as E[x²] − E[x]²; sums with einsum.
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    if x.ndim == 2:
        return batch_norm(x[:, :, None, None], gamma, beta, eps)[:, :, 0, 0]
    m = x.numel() // x.shape[1]
    first = torch.einsum("nchw->c", x) / m
    second = torch.einsum("nchw,nchw->c", x, x) / m
    scale = gamma * torch.rsqrt(second - first.square() + eps)
    shift = beta - first * scale
    return torch.einsum("nchw,c->nchw", x, scale) + shift.view(-1, 1, 1)
