# The two convolutions together are one large window: so wide, with such a stride and padding.


def together(conv1, conv2):
    (start, _, k1, s1, p1), (_, end, k2, s2, p2) = conv1, conv2
    return start, end, k1 + s1 * (k2 - 1), s1 * s2, p1 + s1 * p2


def shape_after(shape, conv):
    _, out, k, s, p = conv
    return [shape[0], out] + [(axis + 2 * p - k + s) // s for axis in shape[2:]]


def solve(x, conv1, conv2, kernel):
    start, end, k, s, p = together(conv1, conv2)
    f = shape_after(x, (start, end, k, s, p))
    # The shortcut's window has its middle where the large one has it.
    shortcut = [start, end, kernel, s, p - (k - kernel) // 2] if f != list(x) else [0] * 5
    return shape_after(x, conv1), f, shortcut, f, f


# $q1
q1_a_conv1, q1_a_conv2, q1_a_shortcut, q1_a_skip, q1_a_output = solve(**$q1_a)
q1_b_conv1, q1_b_conv2, q1_b_shortcut, q1_b_skip, q1_b_output = solve(**$q1_b)
# $q2
q2_a_conv1, q2_a_conv2, q2_a_shortcut, q2_a_skip, q2_a_output = solve(**$q2_a)
q2_b_shortcut, q2_c_shortcut, q2_d_shortcut = (solve(**b)[2] for b in ($q2_b, $q2_c, $q2_d))
# $q3
q3_a_conv1, q3_a_conv2, q3_a_shortcut, q3_a_skip, q3_a_output = solve(**$q3_a)
q3_b_shortcut, q3_c_shortcut, q3_d_shortcut = (solve(**b)[2] for b in ($q3_b, $q3_c, $q3_d))
