import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super(LeNet, self).__init__()
        self.c1 = nn.Conv2d(1, 6, 5, 1, 2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.f5 = nn.Linear(16 * 5 * 5, 120)
        self.f6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, 10)

    def forward(self, img):
        out = F.max_pool2d(F.relu(self.c1(img)), (2, 2))
        out = F.max_pool2d(F.relu(self.c3(out)), 2)
        out = out.view(-1, 400)
        out = F.relu(self.f5(out))
        out = F.relu(self.f6(out))
        return self.output(out)
