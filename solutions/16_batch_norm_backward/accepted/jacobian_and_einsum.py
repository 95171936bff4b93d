# The matrix of all dy_i/dx_j of each channel, and g times it.
import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    rows = x.transpose(0, 1).flatten(1)  # (C, m)
    g = grad_out.transpose(0, 1).flatten(1)
    m = rows.shape[1]
    centring = torch.eye(m, dtype=x.dtype) - 1 / m
    d = torch.einsum("ij,cj->ci", centring, rows)
    inverse = torch.rsqrt(torch.einsum("ci,ci->c", d, d) / m + eps)
    x_hat = torch.einsum("ci,c->ci", d, inverse)
    jacobian = centring - torch.einsum("ci,cj->cij", x_hat, x_hat) / m
    grad_rows = torch.einsum("c,c,ci,cij->cj", gamma, inverse, g, jacobian)
    grad_x = grad_rows.unflatten(1, (x.shape[0], *x.shape[2:])).transpose(0, 1)
    return grad_x, torch.einsum("ci,ci->c", g, x_hat), g.sum(dim=1)
