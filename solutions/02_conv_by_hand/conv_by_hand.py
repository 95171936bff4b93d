def convolve(image, kernel, padding, stride, bias):
    (P, Q), (S, T) = padding, stride
    K, O = len(kernel), len(kernel[0])

    # Zeros all around.
    width = len(image[0]) + 2 * Q
    zeros = [[0] * width for _ in range(P)]
    padded = [*zeros, *([0] * Q + row + [0] * Q for row in image), *zeros]

    # The window's upper left corner goes a stride at a time, as far as the
    # window fits.
    output = []
    for top in range(0, len(padded) - K + 1, S):
        row = []
        for left in range(0, width - O + 1, T):
            total = bias  # once for each number
            for a in range(K):
                for b in range(O):
                    total += padded[top + a][left + b] * kernel[a][b]
            row.append(total)
        output.append(row)
    return output


# $q1
q1 = convolve(
    $q1_input,
    $q1_kernel,
    padding=$q1_padding,
    stride=$q1_stride,
    bias=$q1_bias,
)

# $q2
q2 = convolve(
    $q2_input,
    $q2_kernel,
    padding=$q2_padding,
    stride=$q2_stride,
    bias=$q2_bias,
)

# $q3
q3 = convolve(
    $q3_input,
    $q3_kernel,
    padding=$q3_padding,
    stride=$q3_stride,
    bias=$q3_bias,
)
