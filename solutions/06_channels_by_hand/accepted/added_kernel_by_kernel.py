# Weight by weight: the shifted input times one weight, added up.


def shifted(image, down, right, size):
    return [row[right : right + size] for row in image[down : down + size]]


def solve(channels, filters, biases):
    answers = []
    for kernels, bias in zip(filters, biases):
        size = len(channels[0]) - len(kernels[0]) + 1
        tables = []
        output = [[bias] * size for _ in range(size)]
        for image, kernel in zip(channels, kernels):
            table = [[0] * size for _ in range(size)]
            for down, weights in enumerate(kernel):
                for right, weight in enumerate(weights):
                    for i, row in enumerate(shifted(image, down, right, size)):
                        for j, entry in enumerate(row):
                            table[i][j] += weight * entry
                            output[i][j] += weight * entry
            tables.append(table)
        answers.append((*tables, output))
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
