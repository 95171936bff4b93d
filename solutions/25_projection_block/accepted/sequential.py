import torch
import torch.nn as nn


class ProjectionBlock(nn.Module):
    def __init__(self, in_channels, hidden_channels, out_channels, stride=2):
        super().__init__()
        self.residual_path = nn.Sequential(
            nn.Conv2d(in_channels, hidden_channels, 3, padding="same"),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden_channels, out_channels, 3, stride, 1),
        )
        self.projection = nn.Conv2d(in_channels, out_channels, 3, stride, 1)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.activation(self.projection(x) + self.residual_path(x))
