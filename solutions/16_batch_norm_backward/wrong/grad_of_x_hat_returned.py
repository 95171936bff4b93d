# expect: check=direct misconception=grad-of-x-hat-returned
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    C = x.shape[1]
    t = x.movedim(1, -1).reshape(-1, C)
    g = grad_out.movedim(1, -1).reshape(-1, C)
    m = len(t)
    d = t - t.mean(0)
    var = (d * d).mean(0)
    s = 1 / torch.sqrt(var + eps)
    x_hat = d * s
    dbeta = g.sum(0)
    dgamma = (g * x_hat).sum(0)
    dx_hat = g * gamma
    dd = dx_hat * s
    ds = (dx_hat * d).sum(0)
    dvar = -0.5 * ds * s**3
    dd = dd + dvar * 2 * d / m
    dmu = -dd.sum(0)
    dt = dd + dmu / m
    dx = dx_hat.reshape(x.movedim(1, -1).shape).movedim(-1, 1)
    return dx, dgamma, dbeta
