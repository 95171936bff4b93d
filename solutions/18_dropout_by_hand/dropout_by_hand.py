def dropout(x, mask, p):
    keep = 1 - p  # the probability to be kept
    train = [[m * entry / keep for entry, m in zip(row, marks)] for row, marks in zip(x, mask)]

    # Each number is 0 with probability p, and the number over keep with probability keep.
    expected = [[p * 0 + keep * (entry / keep) for entry in row] for row in x]
    return train, x, expected


# $q1
q1_train, q1_eval, q1_expected = dropout($q1_x, $q1_mask, $q1_p)

# $q2
q2_train, q2_eval, q2_expected = dropout($q2_x, $q2_mask, $q2_p)

# $q3
q3_train, q3_eval, q3_expected = dropout($q3_x, $q3_mask, $q3_p)
