# expect: check=q2 misconception=minus-lost
def slide(image, kernel):
    K, steps = len(kernel), range(len(image) - len(kernel) + 1)
    return [
        [sum(image[i + a][j + b] * abs(kernel[a][b]) for a in range(K) for b in range(K)) for j in steps] for i in steps
    ]


def add(first, second, bias):
    return [[x + y + bias for x, y in zip(*rows)] for rows in zip(first, second)]


def solve(channels, filters, biases):
    answers = []
    for kernels, bias in zip(filters, biases):
        first, second = map(slide, channels, kernels)
        answers.append((first, second, add(first, second, bias)))
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
