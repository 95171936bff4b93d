import torch
from torch import nn


def solve(batch, gamma, beta, eps):
    x = torch.tensor(batch, dtype=torch.float64)
    layer = nn.BatchNorm1d(3, eps=eps, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(gamma))
        layer.bias.copy_(torch.tensor(beta))
    return x.mean(0), x.var(0, correction=0), layer(x)


q1_mean, q1_variance, q1_output = solve($q1_batch, $q1_gamma, $q1_beta, $q1_eps)
q2_mean, q2_variance, q2_output = solve($q2_batch, $q2_gamma, $q2_beta, $q2_eps)
q3_mean, q3_variance, q3_output = solve($q3_batch, $q3_gamma, $q3_beta, $q3_eps)
