import numpy as np


def solve(numbers):
    x = np.array(numbers, dtype=float)
    return x.mean(), x.var(), x.std(), list((x - x.mean()) / x.std())


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
