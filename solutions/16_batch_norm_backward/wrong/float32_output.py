# expect: check=grad_beta misconception=float32-output
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    channels = x.shape[1]
    grad_x = torch.zeros(x.shape)
    grad_gamma = torch.zeros(channels)
    grad_beta = torch.zeros(channels)
    for c in range(channels):
        g, xc = grad_out[:, c], x[:, c]
        m = xc.numel()
        std = (xc.var(unbiased=False) + eps).sqrt()
        x_hat = (xc - xc.mean()) / std
        grad_beta[c] = g.sum()
        grad_gamma[c] = (g * x_hat).sum()
        grad_x[:, c] = gamma[c] / std * (g - g.sum() / m - x_hat * (g * x_hat).sum() / m)
    return grad_x, grad_gamma, grad_beta
