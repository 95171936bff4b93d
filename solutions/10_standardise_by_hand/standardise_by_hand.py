from math import sqrt


def standardise(x):
    m = len(x)
    mean = sum(x) / m

    # How far each entry lies from the mean; negative for those below it.
    differences = [entry - mean for entry in x]
    variance = sum(difference**2 for difference in differences) / m
    std = sqrt(variance)

    standardised = [difference / std for difference in differences]
    return mean, variance, std, standardised


# $q1
q1_mean, q1_variance, q1_std, q1_standardised = standardise($q1_x)

# $q2
q2_mean, q2_variance, q2_std, q2_standardised = standardise($q2_x)

# $q3
q3_mean, q3_variance, q3_std, q3_standardised = standardise($q3_x)
