import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def solve(channels, filters, biases):
    x, w = np.array(channels), np.array(filters)
    windows = sliding_window_view(x, w.shape[2:], axis=(1, 2))
    # c: input channel, y and x: place, k and o: within the kernel, f: filter
    alone = np.einsum("cyxko,fcko->fcyx", windows, w)
    output = alone.sum(axis=1) + np.array(biases)[:, None, None]
    return [[*sums.tolist(), table.tolist()] for sums, table in zip(alone, output)]


# $q1
((q1_filter1_channel1, q1_filter1_channel2, q1_filter1_output),
 (q1_filter2_channel1, q1_filter2_channel2, q1_filter2_output)) = solve($q1_input, $q1_filters, $q1_bias)
# $q2
((q2_filter1_channel1, q2_filter1_channel2, q2_filter1_output),
 (q2_filter2_channel1, q2_filter2_channel2, q2_filter2_output)) = solve($q2_input, $q2_filters, $q2_bias)
# $q3
((q3_filter1_channel1, q3_filter1_channel2, q3_filter1_output),
 (q3_filter2_channel1, q3_filter2_channel2, q3_filter2_output)) = solve($q3_input, $q3_filters, $q3_bias)
