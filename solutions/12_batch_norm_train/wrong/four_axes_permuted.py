# expect: check=normalise misconception=four-axes-permuted
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    moved = x.permute(0, 2, 3, 1)
    flat = moved.reshape(-1, len(gamma))
    flat = (flat - flat.mean(0)) / (flat.var(0, unbiased=False) + eps).sqrt()
    return (gamma * flat + beta).reshape(moved.shape).permute(0, 3, 1, 2)
