import torch


def spread(numbers):
    return torch.tensor(float(max(numbers) - min(numbers)), dtype=torch.float64)
