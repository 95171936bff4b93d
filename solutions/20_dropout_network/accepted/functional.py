"""Functions, which are told the mode; the dropout before the ReLU, which is the same."""

import torch.nn.functional as F
from torch import nn

predicted_best_p, predicted_with_0_9 = 0, 10


class DropoutNet(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p
        self.c1, self.c2 = nn.Conv2d(1, 6, 5, padding="same"), nn.Conv2d(6, 16, 5)
        self.l1, self.l2, self.l3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        x = F.max_pool2d(F.relu(self.c2(x)), 2)
        x = F.relu(F.dropout(self.l1(x.flatten(1)), self.p, self.training))
        x = F.relu(F.dropout(self.l2(x), self.p, self.training))
        return self.l3(x)
