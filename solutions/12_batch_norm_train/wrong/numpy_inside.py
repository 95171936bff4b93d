# expect: check=gradients misconception=numpy-inside
import numpy as np
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    x, gamma, beta = x.numpy(), gamma.numpy(), beta.numpy()
    axes = tuple(a for a in range(x.ndim) if a != 1)
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return torch.from_numpy(gamma.reshape(mean.shape) * x_hat + beta.reshape(mean.shape))
