# The maximum of what ReLU leaves is what ReLU leaves of the maximum: after the pooling, ReLU has a quarter of the work.
import torch
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(1, 6, 5, padding="same"), nn.Conv2d(6, 16, 5, padding="valid")])
        self.linears = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        for conv in self.convs:
            x = self.pool(conv(x)).clamp(min=0)
        x = x.reshape(len(x), -1)
        for linear in self.linears[:-1]:
            x = torch.maximum(linear(x), torch.zeros(()).to(x))
        return self.linears[-1](x)
