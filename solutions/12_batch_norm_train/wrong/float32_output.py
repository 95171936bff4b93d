# expect: check=normalise misconception=float32-output
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    out = torch.zeros(x.shape)
    for c in range(x.shape[1]):
        mean = x[:, c].mean()
        var = ((x[:, c] - mean) ** 2).mean()
        out[:, c] = gamma[c] * (x[:, c] - mean) / torch.sqrt(var + eps) + beta[c]
    return out
