import numpy as np


def solve(x, mask, p):
    x, mask = np.array(x, dtype=float), np.array(mask)
    train = np.where(mask == 1, x / (1 - p), 0)
    expected = (1 - p) * (x / (1 - p))
    return train.tolist(), x.tolist(), expected.tolist()


q1_train, q1_eval, q1_expected = solve($q1_x, $q1_mask, $q1_p)
q2_train, q2_eval, q2_expected = solve($q2_x, $q2_mask, $q2_p)
q3_train, q3_eval, q3_expected = solve($q3_x, $q3_mask, $q3_p)
