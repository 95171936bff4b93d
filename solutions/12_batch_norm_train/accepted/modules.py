# Small modules in a row; the statistics by matrix products with a vector of 1/m.
import torch
from torch import nn


class Rows(nn.Module):
    def forward(self, x):
        return x.transpose(0, 1).reshape(x.size(1), -1)


class Centre(nn.Module):
    def forward(self, rows):
        weights = rows.new_full((rows.size(1), 1), 1 / rows.size(1))
        return rows - rows @ weights


class Rescale(nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.eps = eps

    def forward(self, centred):
        length = torch.linalg.vector_norm(centred, dim=1, keepdim=True)
        return centred / torch.hypot(length / centred.size(1) ** 0.5, centred.new_tensor(self.eps**0.5))


def batch_norm(x, gamma, beta, eps=1e-5):
    x_hat = nn.Sequential(Rows(), Centre(), Rescale(eps))(x)
    y = torch.diag(gamma) @ x_hat + torch.outer(beta, torch.ones_like(x_hat[0]))
    return y.reshape(x.shape[1], x.shape[0], *x.shape[2:]).transpose(0, 1)
