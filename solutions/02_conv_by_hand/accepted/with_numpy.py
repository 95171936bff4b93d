import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def correlate(image, kernel, padding, stride, bias):
    (rows, columns), (down, across) = padding, stride
    padded = np.pad(np.array(image), ((rows, rows), (columns, columns)))
    windows = sliding_window_view(padded, np.shape(kernel))[::down, ::across]
    return (windows * np.array(kernel)).sum(axis=(2, 3)) + bias


# $q1
q1 = correlate($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_bias).tolist()
# $q2
q2 = correlate($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_bias).tolist()
# $q3
q3 = correlate($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_bias).tolist()
