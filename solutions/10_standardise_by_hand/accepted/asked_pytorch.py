import torch
from torch.nn import functional as F


def solve(numbers):
    x = torch.tensor(numbers, dtype=torch.float64)
    variance, mean = torch.var_mean(x, correction=0)
    return mean, variance, variance.sqrt(), F.layer_norm(x, x.shape, eps=0.0)


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
