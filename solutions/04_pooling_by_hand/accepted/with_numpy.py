import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pool(input, window, padded_with, measure):
    kernel, (s, t), (p, q) = window
    x = np.pad(np.array(input, dtype=float), ((p, p), (q, q)), constant_values=padded_with)
    return measure(sliding_window_view(x, kernel)[::s, ::t], axis=(2, 3)).tolist()


q1_max = pool($q1_input, $q1_a, -np.inf, np.max)
q1_max_rect = pool($q1_input, $q1_b, -np.inf, np.max)
q1_avg = pool($q1_input, $q1_a, 0, np.mean)
q1_avg_rect = pool($q1_input, $q1_b, 0, np.mean)

q2_max = pool($q2_input, $q2_a, -np.inf, np.max)
q2_avg = pool($q2_input, $q2_b, 0, np.mean)

q3_max = pool($q3_input, $q3_a, -np.inf, np.max)
q3_avg = pool($q3_input, $q3_b, 0, np.mean)
