# Numbers as people write them: three decimals.
def solve(numbers):
    mu = sum(numbers) / len(numbers)
    sigma = (sum((x - mu) ** 2 for x in numbers) / len(numbers)) ** 0.5
    return round(mu, 3), round(sigma**2, 3), round(sigma, 3), [round((x - mu) / sigma, 3) for x in numbers]


q1_mean, q1_variance, q1_std, q1_standardised = solve($q1_x)
q2_mean, q2_variance, q2_std, q2_standardised = solve($q2_x)
q3_mean, q3_variance, q3_std, q3_standardised = solve($q3_x)
