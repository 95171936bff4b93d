# expect: check=images misconception=sums-over-batch-only
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    m = x.shape[0]
    if x.dim() == 4:
        gamma = gamma[:, None, None]
    mean = x.mean(0)
    var = x.var(0, unbiased=False)
    std = torch.sqrt(var + eps)
    x_hat = (x - mean) / std
    grad_beta = grad_out.sum(0)
    grad_gamma = (grad_out * x_hat).sum(0)
    grad_x = gamma / std * (grad_out - grad_beta / m - x_hat * grad_gamma / m)
    return grad_x, grad_gamma, grad_beta
