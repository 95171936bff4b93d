# PyTorch's own float: seven digits are more than enough.
import torch


def solve(numbers):
    x = torch.tensor(numbers, dtype=torch.float32)
    std = x.std(unbiased=False)
    return x.mean().item(), x.var(unbiased=False).item(), std.item(), ((x - x.mean()) / std).tolist()


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
