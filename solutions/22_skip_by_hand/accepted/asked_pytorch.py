import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)

    def forward(self, x):
        conv1 = self.conv1(x)
        hidden = conv1.relu()
        residual = self.conv2(hidden)
        return conv1, hidden, residual, x + residual, torch.relu(x + residual)


def ask(x, conv1, residual, convs):
    x = torch.tensor([[x]], dtype=torch.float64)
    if convs is None:
        conv1, residual = torch.tensor([[conv1]]).double(), torch.tensor([[residual]]).double()
        answers = conv1, nn.ReLU()(conv1), residual, x + residual, nn.ReLU()(x + residual)
    else:
        block = Block().double()
        with torch.no_grad():
            for layer, (weight, bias) in zip(block.children(), convs):
                layer.weight.fill_(weight)
                layer.bias.fill_(bias)
            answers = block(x)
    return [table[0, 0] for table in answers]


# $q1
q1_conv1, q1_hidden, q1_residual, q1_sum, q1_output = ask($q1_x, $q1_conv1, $q1_residual, $q1_convs)
# $q2
q2_conv1, q2_hidden, q2_residual, q2_sum, q2_output = ask($q2_x, $q2_conv1, $q2_residual, $q2_convs)
# $q3
q3_conv1, q3_hidden, q3_residual, q3_sum, q3_output = ask($q3_x, $q3_conv1, $q3_residual, $q3_convs)
