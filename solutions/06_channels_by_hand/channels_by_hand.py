def slide(image, kernel):
    """One table with one kernel: stride 1, no padding, no bias."""
    K, steps = len(kernel), range(len(image) - len(kernel) + 1)
    return [
        [
            sum(
                image[i + a][j + b] * kernel[a][b]
                for a in range(K)
                for b in range(K)
            )
            for j in steps
        ]
        for i in steps
    ]


def add(first, second, bias):
    """Place by place, and the bias once."""
    return [
        [x + y + bias for x, y in zip(*rows)] for rows in zip(first, second)
    ]


# $q1
channel1, channel2 = $q1_input
filter1, filter2 = $q1_filters
bias1, bias2 = $q1_bias
q1_filter1_channel1 = slide(channel1, filter1[0])
q1_filter1_channel2 = slide(channel2, filter1[1])
q1_filter1_output = add(q1_filter1_channel1, q1_filter1_channel2, bias1)
q1_filter2_channel1 = slide(channel1, filter2[0])
q1_filter2_channel2 = slide(channel2, filter2[1])
q1_filter2_output = add(q1_filter2_channel1, q1_filter2_channel2, bias2)


# $q2
channel1, channel2 = $q2_input
filter1, filter2 = $q2_filters
bias1, bias2 = $q2_bias
q2_filter1_channel1 = slide(channel1, filter1[0])
q2_filter1_channel2 = slide(channel2, filter1[1])
q2_filter1_output = add(q2_filter1_channel1, q2_filter1_channel2, bias1)
q2_filter2_channel1 = slide(channel1, filter2[0])
q2_filter2_channel2 = slide(channel2, filter2[1])
q2_filter2_output = add(q2_filter2_channel1, q2_filter2_channel2, bias2)


# $q3
channel1, channel2 = $q3_input
filter1, filter2 = $q3_filters
bias1, bias2 = $q3_bias
q3_filter1_channel1 = slide(channel1, filter1[0])
q3_filter1_channel2 = slide(channel2, filter1[1])
q3_filter1_output = add(q3_filter1_channel1, q3_filter1_channel2, bias1)
q3_filter2_channel1 = slide(channel1, filter2[0])
q3_filter2_channel2 = slide(channel2, filter2[1])
q3_filter2_output = add(q3_filter2_channel1, q3_filter2_channel2, bias2)
