# Numbers as people write them: three decimals.
def solve(x, mean, variance, gamma, beta, eps):
    normalised, output = [], []
    for j in range(3):
        root = (variance[j] + eps) ** (1 / 2)
        hat = (x[j] - mean[j]) / root
        normalised.append(round(hat, 3))
        output.append(round(gamma[j] * hat + beta[j], 3))
    return normalised, output


q1_normalised, q1_output = solve($q1_sample, $q1_mean, $q1_variance, $q1_gamma, $q1_beta, $q1_eps)
q2_normalised, q2_output = solve($q2_sample, $q2_mean, $q2_variance, $q2_gamma, $q2_beta, $q2_eps)
q3_normalised, q3_output = solve($q3_sample, $q3_mean, $q3_variance, $q3_gamma, $q3_beta, $q3_eps)
