# expect: check=grad_beta misconception=autograd-used
import torch


def batch_norm(x, gamma, beta, eps):
    dims = [0] + list(range(2, x.dim()))
    shape = [1, -1] + [1] * (x.dim() - 2)
    mean = x.mean(dims, keepdim=True)
    var = x.var(dims, keepdim=True, unbiased=False)
    return gamma.reshape(shape) * (x - mean) / torch.sqrt(var + eps) + beta.reshape(shape)


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    x = x.clone().requires_grad_()
    gamma = gamma.clone().requires_grad_()
    beta = torch.zeros_like(gamma).requires_grad_()
    (batch_norm(x, gamma, beta, eps) * grad_out).sum().backward()
    return x.grad, gamma.grad, beta.grad
