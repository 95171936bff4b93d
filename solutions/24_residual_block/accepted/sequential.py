import torch
import torch.nn as nn


class ResidualBlock(nn.Module):
    def __init__(self, channels, hidden_channels):
        super().__init__()
        self.residual_path = nn.Sequential(
            nn.Conv2d(channels, hidden_channels, 3, padding="same"),
            nn.ReLU(),
            nn.Conv2d(hidden_channels, channels, 3, padding="same"),
        )
        self.activation = nn.ReLU()

    def forward(self, x):
        return self.activation(self.residual_path(x) + x)
