# expect: check=normalise misconception=through-python-numbers
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    y = torch.zeros_like(x)
    for c in range(x.shape[1]):
        numbers = x[:, c].flatten().tolist()
        mean = sum(numbers) / len(numbers)
        var = sum((number - mean) ** 2 for number in numbers) / len(numbers)
        x_hat = torch.tensor([(number - mean) / (var + eps) ** 0.5 for number in numbers])
        y[:, c] = gamma[c] * x_hat.reshape(x[:, c].shape) + beta[c]
    return y
