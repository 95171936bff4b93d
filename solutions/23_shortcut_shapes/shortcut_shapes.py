# A convolution is written as nn.Conv2d takes it:
# (in, out, kernel, stride, padding); a shape as [N, C, H, W].
IDENTITY = [0, 0, 0, 0, 0]


def size_out(length, kernel, stride, padding):
    return (length + 2 * padding - kernel) // stride + 1


def after(shape, conv):
    """The shape that a convolution gives: N stays, C becomes its out."""
    N, _, H, W = shape
    _, out, kernel, stride, padding = conv
    rows = size_out(H, kernel, stride, padding)
    columns = size_out(W, kernel, stride, padding)
    return [N, out, rows, columns]


def fitting(x, f, conv1, conv2, kernel):
    """The shortcut that makes the shape of F(x) of that of x."""
    if f == list(x):
        return IDENTITY
    stride = conv1[3] * conv2[3]  # by so much the two step together
    for padding in range(kernel):
        projection = [x[1], f[1], kernel, stride, padding]
        if after(x, projection) == f:
            return projection


def block(x, conv1, conv2, kernel):
    first = after(x, conv1)  # ReLU changes no shape
    second = after(first, conv2)  # F(x)
    shortcut = fitting(x, second, conv1, conv2, kernel)
    skip = list(x) if shortcut == IDENTITY else after(x, shortcut)
    output = second  # skip and F(x) have the same shape, and so has the sum
    return first, second, shortcut, skip, output


# $q1
q1_a_conv1, q1_a_conv2, q1_a_shortcut, q1_a_skip, q1_a_output = block(**$q1_a)
q1_b_conv1, q1_b_conv2, q1_b_shortcut, q1_b_skip, q1_b_output = block(**$q1_b)

# $q2
q2_a_conv1, q2_a_conv2, q2_a_shortcut, q2_a_skip, q2_a_output = block(**$q2_a)
q2_b_shortcut = block(**$q2_b)[2]
q2_c_shortcut = block(**$q2_c)[2]
q2_d_shortcut = block(**$q2_d)[2]

# $q3
q3_a_conv1, q3_a_conv2, q3_a_shortcut, q3_a_skip, q3_a_output = block(**$q3_a)
q3_b_shortcut = block(**$q3_b)[2]
q3_c_shortcut = block(**$q3_c)[2]
q3_d_shortcut = block(**$q3_d)[2]
