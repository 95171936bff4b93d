# σ² is also the mean of the squares minus the square of the mean.
import math
import statistics


def solve(numbers):
    mean = statistics.fmean(numbers)
    variance = statistics.fmean(x * x for x in numbers) - mean * mean
    std = math.sqrt(variance)
    # A straight line: x̂ = a·x + b.
    a, b = 1 / std, -mean / std
    return mean, variance, std, tuple(a * x + b for x in numbers)


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
