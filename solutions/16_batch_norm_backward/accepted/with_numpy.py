# NumPy: no gradient has to flow through this function, so nothing is lost.
import numpy as np
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    g, x, scale = grad_out.numpy(), x.numpy(), gamma.numpy()
    axes = (0,) + tuple(range(2, x.ndim))
    shape = (1, -1) + (1,) * (x.ndim - 2)
    m = x.size // x.shape[1]
    istd = 1 / np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    xhat = (x - x.mean(axis=axes, keepdims=True)) * istd
    dbeta = g.sum(axis=axes)
    dgamma = np.sum(g * xhat, axis=axes)
    dx = scale.reshape(shape) * istd / m * (m * g - dbeta.reshape(shape) - xhat * dgamma.reshape(shape))
    return torch.from_numpy(dx.astype(x.dtype)), torch.from_numpy(dgamma), torch.from_numpy(dbeta)
