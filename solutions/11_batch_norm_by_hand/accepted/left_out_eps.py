# In the first three decimals ε does not show.
from statistics import fmean, pstdev, pvariance


def solve(batch, gamma, beta):
    columns = [list(column) for column in zip(*batch)]
    scaled = [
        [round(g * (x - fmean(c)) / pstdev(c) + b, 3) for x in c] for c, g, b in zip(columns, gamma, beta)
    ]
    return [fmean(c) for c in columns], [pvariance(c) for c in columns], [list(row) for row in zip(*scaled)]


q1_mean, q1_variance, q1_output = solve($q1_batch, $q1_gamma, $q1_beta)
q2_mean, q2_variance, q2_output = solve($q2_batch, $q2_gamma, $q2_beta)
q3_mean, q3_variance, q3_output = solve($q3_batch, $q3_gamma, $q3_beta)
