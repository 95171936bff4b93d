# expect: check=construct misconception=layers-not-registered
import torch
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = [nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Conv2d(6, 16, kernel_size=5)]
        self.pool = nn.MaxPool2d(2)
        self.linears = [nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]

    def forward(self, x):
        x = self.pool(torch.relu(self.convs[0](x)))
        x = self.pool(torch.relu(self.convs[1](x)))
        x = torch.flatten(x, start_dim=1)
        x = torch.relu(self.linears[0](x))
        x = torch.relu(self.linears[1](x))
        return self.linears[2](x)
