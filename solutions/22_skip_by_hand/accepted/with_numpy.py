import numpy as np


def solve(x, conv1, residual, convs):
    x = np.array(x, dtype=float)
    if convs:
        (w1, b1), (w2, b2) = convs
        conv1 = w1 * x + b1
    conv1 = np.array(conv1)
    hidden = np.where(conv1 > 0, conv1, 0)
    residual = w2 * hidden + b2 if convs else np.array(residual)
    total = x + residual
    return [table.tolist() for table in (conv1, hidden, residual, total, total.clip(min=0))]


# $q1
q1_conv1, q1_hidden, q1_residual, q1_sum, q1_output = solve($q1_x, $q1_conv1, $q1_residual, $q1_convs)
# $q2
q2_conv1, q2_hidden, q2_residual, q2_sum, q2_output = solve($q2_x, $q2_conv1, $q2_residual, $q2_convs)
# $q3
q3_conv1, q3_hidden, q3_residual, q3_sum, q3_output = solve($q3_x, $q3_conv1, $q3_residual, $q3_convs)
