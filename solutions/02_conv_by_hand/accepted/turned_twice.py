# A true convolution turns the kernel; one that is turned already comes out right again. Take every number, then
# keep those that the stride meets.


def true_convolution(padded, kernel):
    K, O = len(kernel), len(kernel[0])
    return [
        [
            float(sum(kernel[-1 - a][-1 - b] * padded[i + a][j + b] for a in range(K) for b in range(O)))
            for j in range(len(padded[0]) - O + 1)
        ]
        for i in range(len(padded) - K + 1)
    ]


def pad(table, rows, columns):
    padded = [[0] * columns + row + [0] * columns for row in table]
    empty = [[0] * len(padded[0])]
    return empty * rows + padded + empty * rows


def solve(image, kernel, padding, stride, bias):
    turned = [row[::-1] for row in kernel[::-1]]
    every = true_convolution(pad(image, *padding), turned)
    return [[number + bias for number in row[:: stride[1]]] for row in every[:: stride[0]]]


# $q1
q1 = solve($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_bias)
# $q2
q2 = solve($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_bias)
# $q3
q3 = solve($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_bias)
