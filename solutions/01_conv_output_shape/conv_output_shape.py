# A kernel of K entries with dilation D covers D(K - 1) + 1 of them, gaps
# included: its span. Of its positions on an axis there are
#     floor((M + 2P - span) / S) + 1
# A pooling moves its window as a convolution does, so the same formulas hold.


def positions(size, span, padding, stride):
    room = size + 2 * padding - span  # behind the first window
    # The whole strides in it, and the first position.
    return room // stride + 1


def output_shape(input, kernel, padding, stride, dilation):
    """What the kernel covers, and the output's shape; rows come first."""
    (M, N), (K, O), (P, Q) = input, kernel, padding
    (S, T), (D, E) = stride, dilation
    span = (D * (K - 1) + 1, E * (O - 1) + 1)
    return span, (positions(M, span[0], P, S), positions(N, span[1], Q, T))


# $q1
q1_span, q1 = output_shape($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation)

# $q2
q2_span, q2 = output_shape($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation)

# $q3
q3_span, q3 = output_shape($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation)
