# The graph backwards, one line for each node, on a table with one row for each number of a channel.
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    table = x.movedim(1, -1).reshape(-1, x.shape[1])
    g = grad_out.movedim(1, -1).reshape(-1, x.shape[1])
    m = len(table)

    # forward
    mu = table.sum(0) / m
    d = table - mu
    squares = d**2
    var = squares.sum(0) / m
    shifted = var + eps
    root = torch.sqrt(shifted)
    s = 1 / root
    x_hat = d * s

    # backward
    dbeta = g.sum(0)
    dgamma = (g * x_hat).sum(0)
    dx_hat = g * gamma
    dd = dx_hat * s
    ds = (dx_hat * d).sum(0)
    droot = ds * -1 / root**2
    dshifted = droot * 0.5 / root
    dvar = dshifted
    dsquares = torch.ones_like(squares) * dvar / m
    dd = dd + dsquares * 2 * d
    dmu = -dd.sum(0)
    dtable = dd + dmu / m

    dx = dtable.reshape(x.movedim(1, -1).shape).movedim(-1, 1)
    return dx, dgamma, dbeta
