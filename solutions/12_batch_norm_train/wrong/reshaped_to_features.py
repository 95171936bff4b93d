# expect: check=images misconception=reshaped-to-features
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    features = x.reshape(-1, x.shape[1])
    mean = features.mean(dim=0)
    var = features.var(dim=0, unbiased=False)
    x_hat = (features - mean) / torch.sqrt(var + eps)
    return (gamma * x_hat + beta).reshape(x.shape)
