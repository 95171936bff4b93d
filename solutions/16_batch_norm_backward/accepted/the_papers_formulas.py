# Ioffe and Szegedy's six formulas, for one channel after the other.
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    grad_x = torch.empty_like(x)
    grad_gamma = torch.empty_like(gamma)
    grad_beta = torch.empty_like(gamma)
    for c in range(x.shape[1]):
        xi, dl_dy = x[:, c], grad_out[:, c]
        m = xi.numel()
        mean = xi.mean()
        var = ((xi - mean) ** 2).mean()
        dl_dxhat = dl_dy * gamma[c]
        dl_dvar = (dl_dxhat * (xi - mean) * -0.5 * (var + eps) ** -1.5).sum()
        dl_dmean = (dl_dxhat * -1 / (var + eps).sqrt()).sum() + dl_dvar * (-2 * (xi - mean)).sum() / m
        grad_x[:, c] = dl_dxhat / (var + eps).sqrt() + dl_dvar * 2 * (xi - mean) / m + dl_dmean / m
        grad_gamma[c] = (dl_dy * (xi - mean) / (var + eps).sqrt()).sum()
        grad_beta[c] = dl_dy.sum()
    return grad_x, grad_gamma, grad_beta
