# Exactly, with fractions; the expected values over all masks of a row.
from fractions import Fraction
from itertools import product


def dropped(row, marks, p):
    return [Fraction(v) / (1 - p) if m else Fraction(0) for v, m in zip(row, marks)]


def mean(row, p):
    total = [Fraction(0)] * len(row)
    for marks in product((0, 1), repeat=len(row)):
        chance = (1 - p) ** sum(marks) * p ** (len(row) - sum(marks))
        total = [t + chance * d for t, d in zip(total, dropped(row, marks, p))]
    return total


def solve(x, mask, p):
    p = Fraction(str(p))
    train = [dropped(row, marks, p) for row, marks in zip(x, mask)]
    return train, [tuple(row) for row in x], [mean(row, p) for row in x]


q1_train, q1_eval, q1_expected = solve($q1_x, $q1_mask, $q1_p)
q2_train, q2_eval, q2_expected = solve($q2_x, $q2_mask, $q2_p)
q3_train, q3_eval, q3_expected = solve($q3_x, $q3_mask, $q3_p)
