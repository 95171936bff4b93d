# What is left of γ·g/√(σ² + ε) once its parts along the ones and along x̂ are taken out, in float64 inside.
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    n, c = x.shape[:2]
    x64 = x.double().reshape(n, c, -1).permute(1, 0, 2).reshape(c, -1, 1)  # (C, m, 1): column vectors
    g64 = grad_out.double().reshape(n, c, -1).permute(1, 0, 2).reshape(c, -1, 1)
    m = x64.shape[1]
    variance, mean = torch.var_mean(x64, dim=1, keepdim=True, correction=0)
    sigma = (variance + eps) ** 0.5
    basis = torch.cat([torch.ones_like(x64), (x64 - mean) / sigma], dim=2)  # (C, m, 2)
    coefficients = basis.mT @ g64  # (C, 2, 1): the gradients of beta and gamma
    grad = gamma.double()[:, None, None] / sigma * (g64 - basis @ coefficients / m)
    grad_x = grad.reshape(c, n, -1).permute(1, 0, 2).reshape(x.shape)
    grad_beta, grad_gamma = coefficients[:, :, 0].to(x.dtype).unbind(dim=1)
    return grad_x.to(x.dtype), grad_gamma, grad_beta
