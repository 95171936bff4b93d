# As exact as with a pencil: decimal numbers, and their roots.
from decimal import Decimal


def solve(*given):
    *rows, eps = given
    hats, ys = [], []
    for column in zip(*rows):
        x, mu, var, gamma, beta = (Decimal(str(number)) for number in column)
        hat = (x - mu) / (var + Decimal(str(eps))).sqrt()
        hats += [float(hat)]
        ys += [float(gamma * hat + beta)]
    return hats, ys


q1_normalised, q1_output = solve($q1_sample, $q1_mean, $q1_variance, $q1_gamma, $q1_beta, $q1_eps)
q2_normalised, q2_output = solve($q2_sample, $q2_mean, $q2_variance, $q2_gamma, $q2_beta, $q2_eps)
q3_normalised, q3_output = solve($q3_sample, $q3_mean, $q3_variance, $q3_gamma, $q3_beta, $q3_eps)
