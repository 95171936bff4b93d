# Numbers as people write them: three decimals.
def column(j, batch):
    return [row[j] for row in batch]


def solve(batch, gamma, beta):
    mean, variance, output = [], [], [[0] * 3 for _ in range(4)]
    for j in range(3):
        xs = column(j, batch)
        mu = sum(xs) / 4
        var = sum(x * x for x in xs) / 4 - mu * mu
        mean.append(round(mu, 3))
        variance.append(round(var, 3))
        for i in range(4):
            output[i][j] = round(gamma[j] * (xs[i] - mu) / (var + 0.00001) ** 0.5 + beta[j], 3)
    return mean, variance, output


q1_mean, q1_variance, q1_output = solve($q1_batch, $q1_gamma, $q1_beta)
q2_mean, q2_variance, q2_output = solve($q2_batch, $q2_gamma, $q2_beta)
q3_mean, q3_variance, q3_output = solve($q3_batch, $q3_gamma, $q3_beta)
