import numpy as np


def solve(batch, gamma, beta, eps):
    x = np.array(batch, dtype=float)
    mean, variance = x.mean(axis=0), x.var(axis=0)
    output = (x - mean) * (np.array(gamma) / np.sqrt(variance + eps)) + np.array(beta)
    return list(mean), list(variance), [list(row) for row in output]


q1_mean, q1_variance, q1_output = solve($q1_batch, $q1_gamma, $q1_beta, $q1_eps)
q2_mean, q2_variance, q2_output = solve($q2_batch, $q2_gamma, $q2_beta, $q2_eps)
q3_mean, q3_variance, q3_output = solve($q3_batch, $q3_gamma, $q3_beta, $q3_eps)
