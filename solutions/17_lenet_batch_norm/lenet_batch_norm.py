"""LeNet with batch norm as Ioffe and Szegedy (2015) have it: behind each layer that learns but the last."""

import torch
from torch import nn

predicted_without = 95
predicted_with = 97


class LeNetBN(nn.Module):
    """Two convolutions find features, three linear layers make ten logits; four batch norms keep what lies between."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.norm1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.norm2 = nn.BatchNorm2d(16)
        self.linear1 = nn.Linear(16 * 5 * 5, 120)
        self.norm3 = nn.BatchNorm1d(120)
        self.linear2 = nn.Linear(120, 84)
        self.norm4 = nn.BatchNorm1d(84)
        self.linear3 = nn.Linear(84, 10)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) → (N, 10), logits."""
        x = self.pool(torch.relu(self.norm1(self.conv1(x))))  # (N, 6, 14, 14)
        x = self.pool(torch.relu(self.norm2(self.conv2(x))))  # (N, 16, 5, 5)
        x = torch.flatten(x, start_dim=1)  # (N, 400)
        x = torch.relu(self.norm3(self.linear1(x)))  # (N, 120)
        x = torch.relu(self.norm4(self.linear2(x)))  # (N, 84)
        return self.linear3(x)
