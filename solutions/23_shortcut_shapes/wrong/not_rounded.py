# expect: check=q1 misconception=not-rounded
def size_out(length, kernel, stride, padding):
    return (length + 2 * padding - kernel) / stride + 1


def after(shape, conv):
    images, _, rows, columns = shape
    _, channels, *numbers = conv
    return images, channels, size_out(rows, *numbers), size_out(columns, *numbers)


def identity_fits(conv1, conv2):
    (start, _, k1, s1, p1), (_, end, k2, s2, p2) = conv1, conv2
    same_channels = start == end
    same_size = s1 * s2 == 1 and 2 * (p1 + p2) == k1 + k2 - 2
    return same_channels and same_size


def projection(conv1, conv2, kernel):
    (start, hidden, k1, s1, p1), (_, end, k2, s2, p2) = conv1, conv2
    # Both convolutions together see so much of an axis, and pad so much.
    span, padding = k1 + s1 * (k2 - 1), p1 + s1 * p2
    return start, end, kernel, s1 * s2, padding - (span - kernel) // 2


def block(x, conv1, conv2, kernel):
    first = after(x, conv1)
    second = after(first, conv2)
    if identity_fits(conv1, conv2):
        shortcut, skip = (0, 0, 0, 0, 0), x
    else:
        shortcut = projection(conv1, conv2, kernel)
        skip = after(x, shortcut)
    return first, second, shortcut, skip, second


# $q1
q1_a_conv1, q1_a_conv2, q1_a_shortcut, q1_a_skip, q1_a_output = block(**$q1_a)
q1_b_conv1, q1_b_conv2, q1_b_shortcut, q1_b_skip, q1_b_output = block(**$q1_b)
# $q2
q2_a_conv1, q2_a_conv2, q2_a_shortcut, q2_a_skip, q2_a_output = block(**$q2_a)
q2_b_shortcut, q2_c_shortcut, q2_d_shortcut = (block(**b)[2] for b in ($q2_b, $q2_c, $q2_d))
# $q3
q3_a_conv1, q3_a_conv2, q3_a_shortcut, q3_a_skip, q3_a_output = block(**$q3_a)
q3_b_shortcut, q3_c_shortcut, q3_d_shortcut = (block(**b)[2] for b in ($q3_b, $q3_c, $q3_d))
