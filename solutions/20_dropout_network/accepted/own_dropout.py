"""With the layer of exercise 19."""

import torch
from torch import nn

predicted_best_p = 0.5
predicted_with_0_9 = 80.0


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 1:
            return x * 0
        return x * (torch.rand(x.shape) > self.p) / (1 - self.p)


class DropoutNet(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        )
        self.classifier = nn.Sequential(
            *(nn.Linear(400, 120), nn.ReLU(), Dropout(p)),
            *(nn.Linear(120, 84), nn.ReLU(), Dropout(p)),
            nn.Linear(84, 10),
        )

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
