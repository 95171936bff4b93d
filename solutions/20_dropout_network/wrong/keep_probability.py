# expect: check=dropout misconception=keep-probability
"""p is taken for the probability to be kept."""

import torch
from torch import nn

predicted_best_p = 0.5
predicted_with_0_9 = 60


class DropoutNet(nn.Module):
    """Two convolutions find features, three linear layers make ten logits; no hidden unit may be relied on."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.linear1 = nn.Linear(16 * 5 * 5, 120)
        self.dropout1 = nn.Dropout(1 - p)
        self.linear2 = nn.Linear(120, 84)
        self.dropout2 = nn.Dropout(1 - p)
        self.linear3 = nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 1, 28, 28) → (N, 10), logits."""
        x = self.pool(torch.relu(self.conv1(x)))  # (N, 6, 14, 14)
        x = self.pool(torch.relu(self.conv2(x)))  # (N, 16, 5, 5)
        x = torch.flatten(x, start_dim=1)  # (N, 400)
        x = self.dropout1(torch.relu(self.linear1(x)))  # (N, 120)
        x = self.dropout2(torch.relu(self.linear2(x)))  # (N, 84)
        return self.linear3(x)
