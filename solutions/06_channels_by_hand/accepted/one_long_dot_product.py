# Both channels' windows in one row, both kernels in another: the output is one dot product and the bias.
import torch
from torch.nn.functional import unfold


def solve(channels, filters, biases):
    K = len(filters[0][0])
    size = len(channels[0]) - K + 1
    windows = unfold(torch.tensor([channels], dtype=torch.float64), K)[0].T
    answers = []
    for kernels, bias in zip(filters, biases):
        row = torch.tensor(kernels, dtype=torch.float64).flatten()
        half = K * K
        first = windows[:, :half] @ row[:half]
        second = windows[:, half:] @ row[half:]
        output = windows @ row + bias
        answers.append([numbers.reshape(size, size).tolist() for numbers in (first, second, output)])
    return answers


# $q1
((q1_filter1_channel1, q1_filter1_channel2, q1_filter1_output),
 (q1_filter2_channel1, q1_filter2_channel2, q1_filter2_output)) = solve($q1_input, $q1_filters, $q1_bias)
# $q2
((q2_filter1_channel1, q2_filter1_channel2, q2_filter1_output),
 (q2_filter2_channel1, q2_filter2_channel2, q2_filter2_output)) = solve($q2_input, $q2_filters, $q2_bias)
# $q3
((q3_filter1_channel1, q3_filter1_channel2, q3_filter1_output),
 (q3_filter2_channel1, q3_filter2_channel2, q3_filter2_output)) = solve($q3_input, $q3_filters, $q3_bias)
