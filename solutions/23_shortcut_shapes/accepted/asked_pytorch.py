# One image and layers of one channel each are enough: sizes do not depend on the channels.
import torch
from torch import nn


def after(size, conv):
    return nn.Conv2d(1, 1, *conv[2:])(torch.zeros(1, 1, *size)).shape[2:]


def ask(x, conv1, conv2, kernel):
    images, start, *size = x
    hidden, end = conv1[1], conv2[1]
    first = after(size, conv1)
    second = after(first, conv2)
    if start == end and tuple(size) == second:
        shortcut = torch.zeros(5, dtype=torch.int64)
    else:
        # From the smallest stride that is enough upwards, until a padding fits.
        stride, padding = 1, 0
        while after(size, (0, 0, kernel, stride, padding)) != second:
            padding = (padding + 1) % kernel
            stride += padding == 0
        shortcut = torch.tensor([start, end, kernel, stride, padding])
    whole = (images, end, *second)
    return (images, hidden, *first), whole, shortcut, whole, whole


# $q1
q1_a_conv1, q1_a_conv2, q1_a_shortcut, q1_a_skip, q1_a_output = ask(**$q1_a)
q1_b_conv1, q1_b_conv2, q1_b_shortcut, q1_b_skip, q1_b_output = ask(**$q1_b)
# $q2
q2_a_conv1, q2_a_conv2, q2_a_shortcut, q2_a_skip, q2_a_output = ask(**$q2_a)
q2_b_shortcut, q2_c_shortcut, q2_d_shortcut = (ask(**b)[2] for b in ($q2_b, $q2_c, $q2_d))
# $q3
q3_a_conv1, q3_a_conv2, q3_a_shortcut, q3_a_skip, q3_a_output = ask(**$q3_a)
q3_b_shortcut, q3_c_shortcut, q3_d_shortcut = (ask(**b)[2] for b in ($q3_b, $q3_c, $q3_d))
