# expect: check=q1 misconception=brackets-forgotten
from math import sqrt


def standardise(x):
    m = len(x)
    mean = sum(x) / m
    variance = sum((entry - mean) ** 2 for entry in x) / m
    std = sqrt(variance)
    return mean, variance, std, [entry - mean / std for entry in x]


# $q1
q1_mean, q1_variance, q1_std, q1_standardised = standardise($q1_x)
# $q2
q2_mean, q2_variance, q2_std, q2_standardised = standardise($q2_x)
# $q3
q3_mean, q3_variance, q3_std, q3_standardised = standardise($q3_x)
