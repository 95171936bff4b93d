import torch
from torch import nn


def pool(layer, input, window):
    kernel, stride, padding = window
    x = torch.tensor(input, dtype=torch.float64)
    return layer(kernel_size=kernel, stride=stride, padding=padding)(x[None])[0]


q1_max = pool(nn.MaxPool2d, $q1_input, $q1_a)
q1_max_rect = pool(nn.MaxPool2d, $q1_input, $q1_b)
q1_avg = pool(nn.AvgPool2d, $q1_input, $q1_a)
q1_avg_rect = pool(nn.AvgPool2d, $q1_input, $q1_b)

q2_max = pool(nn.MaxPool2d, $q2_input, $q2_a)
q2_avg = pool(nn.AvgPool2d, $q2_input, $q2_b)

q3_max = pool(nn.MaxPool2d, $q3_input, $q3_a)
q3_avg = pool(nn.AvgPool2d, $q3_input, $q3_b)
