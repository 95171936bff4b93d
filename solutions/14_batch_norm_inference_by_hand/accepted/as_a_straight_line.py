# With fixed statistics batch norm is y = a·x + b, a different a and b for each feature.
def line(mean, variance, gamma, beta, eps):
    a = gamma / (variance + eps) ** 0.5
    return a, beta - a * mean


def solve(x, mean, variance, gamma, beta, eps):
    plain = [line(mu, var, 1, 0, eps) for mu, var in zip(mean, variance)]
    learned = [line(*numbers, eps) for numbers in zip(mean, variance, gamma, beta)]
    return tuple([a * entry + b for (a, b), entry in zip(lines, x)] for lines in (plain, learned))


q1_normalised, q1_output = solve($q1_sample, $q1_mean, $q1_variance, $q1_gamma, $q1_beta, $q1_eps)
q2_normalised, q2_output = solve($q2_sample, $q2_mean, $q2_variance, $q2_gamma, $q2_beta, $q2_eps)
q3_normalised, q3_output = solve($q3_sample, $q3_mean, $q3_variance, $q3_gamma, $q3_beta, $q3_eps)
