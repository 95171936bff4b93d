from torch import nn


class Standardize(nn.Module):
    def forward(self, x):
        centred = x - x.mean(1, keepdim=True)
        return centred / (centred.square().mean(1, keepdim=True) + 1e-5).sqrt()
