# A row's masks are drawn with p = 0.5 until the one comes up that is asked; the factor is that of the question's p.
import torch
from torch import nn


def draw(row, marks, p):
    ones = torch.ones(len(row))
    while True:
        drawn = nn.Dropout(0.5)(ones) > 0
        if drawn.tolist() == [bool(m) for m in marks]:
            return torch.tensor(row) * drawn / (1 - p)


def solve(x, mask, p):
    train = torch.stack([draw(row, marks, p) for row, marks in zip(x, mask)])
    return train, nn.Dropout(p).eval()(torch.tensor(x).double()), torch.tensor(x)


q1_train, q1_eval, q1_expected = solve($q1_x, $q1_mask, $q1_p)
q2_train, q2_eval, q2_expected = solve($q2_x, $q2_mask, $q2_p)
q3_train, q3_eval, q3_expected = solve($q3_x, $q3_mask, $q3_p)
