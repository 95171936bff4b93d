# Numbers as people write them: three decimals, and the other two tables copied.
def solve(x, mask, p):
    train = []
    for i in range(len(x)):
        row = []
        for j in range(len(x[i])):
            if mask[i][j] == 1:
                row.append(round(x[i][j] / (1 - p), 3))
            else:
                row.append(0)
        train.append(row)
    return train, x, x


q1_train, q1_eval, q1_expected = solve($q1_x, $q1_mask, $q1_p)
q2_train, q2_eval, q2_expected = solve($q2_x, $q2_mask, $q2_p)
q3_train, q3_eval, q3_expected = solve($q3_x, $q3_mask, $q3_p)
