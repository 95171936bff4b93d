# expect: check=q1 misconception=blanks-swapped
from math import sqrt


def batch_norm(x, mean, variance, gamma, beta, eps):
    normalised = [(entry - mu) / sqrt(var + eps) for entry, mu, var in zip(x, mean, variance)]
    output = [g * hat + b for hat, g, b in zip(normalised, gamma, beta)]
    return output, normalised


# $q1
q1_normalised, q1_output = batch_norm($q1_sample, $q1_mean, $q1_variance, $q1_gamma, $q1_beta, $q1_eps)
# $q2
q2_normalised, q2_output = batch_norm($q2_sample, $q2_mean, $q2_variance, $q2_gamma, $q2_beta, $q2_eps)
# $q3
q3_normalised, q3_output = batch_norm($q3_sample, $q3_mean, $q3_variance, $q3_gamma, $q3_beta, $q3_eps)
