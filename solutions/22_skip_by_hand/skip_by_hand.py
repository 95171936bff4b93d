# A residual block, place by place: output = ReLU(x + F(x)),
# where F(x) = conv2(ReLU(conv1(x))).


def relu(table):
    """What is negative becomes 0, the rest stays."""
    return [[max(t, 0) for t in row] for row in table]


def conv(table, weight, bias):
    """A 1×1 convolution of one channel: each number by itself."""
    return [[weight * t + bias for t in row] for row in table]


def add(one, other):
    return [[a + b for a, b in zip(*rows)] for rows in zip(one, other)]


def block(x, conv1, residual, convs):
    """Every table of the block; convolutions are computed where given."""
    if convs:
        conv1 = conv(x, *convs[0])
    hidden = relu(conv1)
    if convs:
        residual = conv(hidden, *convs[1])
    total = add(x, residual)  # both as they are, negative numbers and all
    return conv1, hidden, residual, total, relu(total)


# $q1
q1 = block($q1_x, $q1_conv1, $q1_residual, $q1_convs)
q1_conv1, q1_hidden, q1_residual, q1_sum, q1_output = q1

# $q2
q2 = block($q2_x, $q2_conv1, $q2_residual, $q2_convs)
q2_conv1, q2_hidden, q2_residual, q2_sum, q2_output = q2

# $q3
q3 = block($q3_x, $q3_conv1, $q3_residual, $q3_convs)
q3_conv1, q3_hidden, q3_residual, q3_sum, q3_output = q3
