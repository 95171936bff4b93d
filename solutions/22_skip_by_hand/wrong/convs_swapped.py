# expect: check=q3 misconception=convs-swapped
def relu(table):
    return [[max(t, 0) for t in row] for row in table]


def conv(table, weight, bias):
    return [[weight * t + bias for t in row] for row in table]


def add(one, other):
    return [[a + b for a, b in zip(*rows)] for rows in zip(one, other)]


def block(x, conv1, residual, convs):
    if convs:
        conv1 = conv(x, *convs[1])
    hidden = relu(conv1)
    if convs:
        residual = conv(hidden, *convs[0])
    total = add(x, residual)
    return conv1, hidden, residual, total, relu(total)


# $q1
q1_conv1, q1_hidden, q1_residual, q1_sum, q1_output = block($q1_x, $q1_conv1, $q1_residual, $q1_convs)
# $q2
q2_conv1, q2_hidden, q2_residual, q2_sum, q2_output = block($q2_x, $q2_conv1, $q2_residual, $q2_convs)
# $q3
q3_conv1, q3_hidden, q3_residual, q3_sum, q3_output = block($q3_x, $q3_conv1, $q3_residual, $q3_convs)
