# The mean comes off by a matrix; the root of σ² + ε is the length of a vector with one more entry.
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    channels = x.shape[1]
    table = x.transpose(0, 1).reshape(channels, -1)
    m = table.shape[1]
    centred = table @ (torch.eye(m, dtype=x.dtype) - 1 / m)
    root = torch.linalg.vector_norm(torch.nn.functional.pad(centred, (0, 1), value=(m * eps) ** 0.5), dim=1) / m**0.5
    y = torch.addcmul(beta[:, None], centred, (gamma / root)[:, None])
    return y.reshape(channels, x.shape[0], *x.shape[2:]).transpose(0, 1)
