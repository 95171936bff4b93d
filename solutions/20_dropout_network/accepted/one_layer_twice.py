"""One nn.Dropout in two places: it has nothing of its own that the places could quarrel about."""

from torch import nn

predicted_best_p = 0.9
predicted_with_0_9 = 97.5


class DropoutNet(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        dropout = nn.Dropout(p)
        self.layers = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            nn.Flatten(),
            *(nn.Linear(400, 120), nn.ReLU(), dropout),
            *(nn.Linear(120, 84), nn.ReLU(), dropout),
            nn.Linear(84, 10),
        )

    def forward(self, x):
        return self.layers(x)
