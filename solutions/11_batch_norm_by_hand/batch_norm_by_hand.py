from math import sqrt


def batch_norm(batch, gamma, beta, eps):
    m = len(batch)
    features = list(zip(*batch))  # the columns of the table

    # Down each column: the mean, then the mean of the squared differences.
    mean = [sum(column) / m for column in features]
    variance = [
        sum((x - mu) ** 2 for x in column) / m
        for column, mu in zip(features, mean)
    ]

    # Along each row: every entry with the statistics, γ and β of its feature.
    output = [
        [
            g * (x - mu) / sqrt(var + eps) + b
            for x, mu, var, g, b in zip(row, mean, variance, gamma, beta)
        ]
        for row in batch
    ]
    return mean, variance, output


# $q1
q1_mean, q1_variance, q1_output = batch_norm($q1_batch, $q1_gamma, $q1_beta, $q1_eps)

# $q2
q2_mean, q2_variance, q2_output = batch_norm($q2_batch, $q2_gamma, $q2_beta, $q2_eps)

# $q3
q3_mean, q3_variance, q3_output = batch_norm($q3_batch, $q3_gamma, $q3_beta, $q3_eps)
