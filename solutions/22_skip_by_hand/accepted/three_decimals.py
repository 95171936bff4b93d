# Rounded to three decimals, as somebody with a pocket calculator would; tuples instead of lists.


def rounded(rows):
    return tuple(tuple(round(number, 3) for number in row) for row in rows)


def solve(x, conv1, residual, convs):
    if convs:
        (w1, b1), (w2, b2) = convs
        conv1 = [[w1 * t + b1 for t in row] for row in x]
    # The part of a number that is above 0 is the mean of it and its absolute value.
    hidden = [[(t + abs(t)) / 2 for t in row] for row in conv1]
    if convs:
        residual = [[w2 * t + b2 for t in row] for row in hidden]
    total = [[residual[i][j] + x[i][j] for j in range(len(x[i]))] for i in range(len(x))]
    output = [[(t + abs(t)) / 2 for t in row] for row in total]
    return [rounded(table) for table in (conv1, hidden, residual, total, output)]


# $q1
q1_conv1, q1_hidden, q1_residual, q1_sum, q1_output = solve($q1_x, $q1_conv1, $q1_residual, $q1_convs)
# $q2
q2_conv1, q2_hidden, q2_residual, q2_sum, q2_output = solve($q2_x, $q2_conv1, $q2_residual, $q2_convs)
# $q3
q3_conv1, q3_hidden, q3_residual, q3_sum, q3_output = solve($q3_x, $q3_conv1, $q3_residual, $q3_convs)
