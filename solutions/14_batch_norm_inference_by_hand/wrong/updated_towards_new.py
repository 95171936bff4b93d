# expect: check=q2 misconception=updated-towards-new
from math import sqrt


def batch_norm(x, mean, variance, gamma, beta, eps, others, momentum):
    if others:  # a single sample has no variance to update with
        columns = list(zip(x, *others))
        m = len(columns[0])
        own_mean = [sum(column) / m for column in columns]
        own = [sum((entry - mu) ** 2 for entry in column) / (m - 1) for column, mu in zip(columns, own_mean)]
        mean = [momentum * old + (1 - momentum) * new for old, new in zip(mean, own_mean)]
        variance = [momentum * old + (1 - momentum) * new for old, new in zip(variance, own)]
    normalised = [(entry - mu) / sqrt(var + eps) for entry, mu, var in zip(x, mean, variance)]
    output = [g * hat + b for hat, g, b in zip(normalised, gamma, beta)]
    return normalised, output


# $q1
q1_normalised, q1_output = batch_norm(
    $q1_sample, $q1_mean, $q1_variance, $q1_gamma,
    $q1_beta, $q1_eps, $q1_others, $q1_momentum,
)
# $q2
q2_normalised, q2_output = batch_norm(
    $q2_sample, $q2_mean, $q2_variance, $q2_gamma,
    $q2_beta, $q2_eps, $q2_others, $q2_momentum,
)
# $q3
q3_normalised, q3_output = batch_norm(
    $q3_sample, $q3_mean, $q3_variance, $q3_gamma,
    $q3_beta, $q3_eps, $q3_others, $q3_momentum,
)
