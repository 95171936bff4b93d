# expect: check=q1 misconception=expected-with-p
def table(x, mask, number):
    return [[number(v, m) for v, m in zip(*rows)] for rows in zip(x, mask)]


def solve(x, mask, p):
    keep = 1 - p
    train = table(x, mask, lambda v, m: m * v / keep)
    in_eval = table(x, mask, lambda v, m: v)
    expected = table(x, mask, lambda v, m: p * (v / keep))
    return train, in_eval, expected


# $q1
q1_train, q1_eval, q1_expected = solve($q1_x, $q1_mask, $q1_p)

# $q2
q2_train, q2_eval, q2_expected = solve($q2_x, $q2_mask, $q2_p)

# $q3
q3_train, q3_eval, q3_expected = solve($q3_x, $q3_mask, $q3_p)
