# Exact as long as there is no root.
from fractions import Fraction
from math import sqrt


def solve(numbers):
    mu = Fraction(sum(numbers), len(numbers))
    squared = sum(((x - mu) ** 2 for x in numbers), start=Fraction(0)) / len(numbers)
    signs = [1 if x > mu else -1 for x in numbers]
    # x̂ is the root of (x − μ)² / σ², with the sign of x − μ.
    hats = [sign * sqrt((x - mu) ** 2 / squared) for sign, x in zip(signs, numbers)]
    return float(mu), float(squared), sqrt(squared), hats


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
