# An average is a convolution whose weights are all 1 / (K·O).
import torch
from torch.nn import functional as F


def average(input, window):
    kernel, stride, padding = window
    x = torch.tensor(input, dtype=torch.float64)[None, None]
    weight = torch.full((1, 1, *kernel), 1 / (kernel[0] * kernel[1]), dtype=torch.float64)
    return F.conv2d(x, weight, stride=stride, padding=padding)[0, 0]


def biggest(input, window):
    (k, o), stride, (p, q) = window
    x = F.pad(torch.tensor(input, dtype=torch.float64), (q, q, p, p), value=-1000)
    return x.unfold(0, k, stride[0]).unfold(1, o, stride[1]).amax((2, 3))


q1_max, q1_max_rect = biggest($q1_input, $q1_a), biggest($q1_input, $q1_b)
q1_avg, q1_avg_rect = average($q1_input, $q1_a), average($q1_input, $q1_b)
q2_max, q2_avg = biggest($q2_input, $q2_a), average($q2_input, $q2_b)
q3_max, q3_avg = biggest($q3_input, $q3_a), average($q3_input, $q3_b)
