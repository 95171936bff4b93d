# Every window written out as a row: then the convolution is one matrix times one vector.
import torch
from torch.nn.functional import unfold


def multiply(image, kernel, padding, stride, bias):
    size = (len(kernel), len(kernel[0]))
    x = torch.tensor([[image]], dtype=torch.float64)
    windows = unfold(x, size, padding=padding, stride=stride)[0].T
    weights = torch.tensor(kernel, dtype=torch.float64).flatten()
    rows = (len(image) + 2 * padding[0] - size[0]) // stride[0] + 1
    return (windows @ weights + bias).reshape(rows, -1)


# $q1
q1 = multiply($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_bias)
# $q2
q2 = multiply($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_bias)
# $q3
q3 = multiply($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_bias)
