# The other way round: each entry of the input hands its products out to the numbers it counts in. No padding needed.


def hand_out(image, kernel, padding, stride, bias):
    (P, Q), (S, T) = padding, stride
    rows = (len(image) + 2 * P - len(kernel)) // S + 1
    columns = (len(image[0]) + 2 * Q - len(kernel[0])) // T + 1
    output = [[bias] * columns for _ in range(rows)]
    for i, line in enumerate(image):
        for j, entry in enumerate(line):
            for a, weights in enumerate(kernel):
                for b, weight in enumerate(weights):
                    (row, rest_down), (column, rest_across) = divmod(i + P - a, S), divmod(j + Q - b, T)
                    if not rest_down and not rest_across and 0 <= row < rows and 0 <= column < columns:
                        output[row][column] += weight * entry
    return tuple(map(tuple, output))


# $q1
q1 = hand_out($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_bias)
# $q2
q2 = hand_out($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_bias)
# $q3
q3 = hand_out($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_bias)
