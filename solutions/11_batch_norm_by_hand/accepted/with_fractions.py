from fractions import Fraction
from math import sqrt


def mean(xs):
    return Fraction(sum(xs), len(xs))


def variance(xs):
    return mean([(x - mean(xs)) ** 2 for x in xs])


def standardise(xs, gamma, beta, eps):
    return [gamma * float(x - mean(xs)) / sqrt(variance(xs) + eps) + beta for x in xs]


def transpose(table):
    return [list(row) for row in zip(*table)]


features = transpose($q1_batch)
q1_mean = tuple(map(mean, features))
q1_variance = tuple(map(variance, features))
q1_output = transpose(standardise(*feature, $q1_eps) for feature in zip(features, $q1_gamma, $q1_beta))

features = transpose($q2_batch)
q2_mean = tuple(map(mean, features))
q2_variance = tuple(map(variance, features))
q2_output = transpose(standardise(*feature, $q2_eps) for feature in zip(features, $q2_gamma, $q2_beta))

features = transpose($q3_batch)
q3_mean = tuple(map(mean, features))
q3_variance = tuple(map(variance, features))
q3_output = transpose(standardise(*feature, $q3_eps) for feature in zip(features, $q3_gamma, $q3_beta))
