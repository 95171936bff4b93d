# expect: check=grad_beta misconception=nothing-returned
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    dims = [0] + list(range(2, x.dim()))
    shape = [1, -1] + [1] * (x.dim() - 2)
    m = x.numel() // x.shape[1]
    mean = x.mean(dims, keepdim=True)
    var = ((x - mean) ** 2).mean(dims, keepdim=True)
    std = torch.sqrt(var + eps)
    x_hat = (x - mean) / std
    grad_beta = grad_out.sum(dims)
    grad_gamma = (grad_out * x_hat).sum(dims)
    grad_x_hat = grad_out * gamma.reshape(shape)
    grad_var = (grad_x_hat * (x - mean) * -0.5 * (var + eps) ** -1.5).sum(dims, keepdim=True)
    grad_mean = -(grad_x_hat / std).sum(dims, keepdim=True)
    grad_x = grad_x_hat / std + grad_var * 2 * (x - mean) / m + grad_mean / m
