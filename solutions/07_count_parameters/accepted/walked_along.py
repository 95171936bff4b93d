# First the shapes, then the products; a linear layer is a convolution whose kernel is as large as its input.
from math import prod


def shapes(channels, size, layers):
    passed = [(channels, *size)]
    for kind, first, *rest in layers:
        c, m, n = passed[-1]
        if kind == "conv":
            (k, o), (p, q), _ = rest
            passed.append((first, m + p + p - (k - 1), n + q + q - (o - 1)))
        elif kind == "pool":
            passed.append((c, m // first[0], n // first[1]))
        else:
            passed.append((first, 1, 1))
    return passed


def count(channels, size, layers):
    passed = shapes(channels, size, layers)
    weights, biases = [], []
    for layer, before, after in zip(layers, passed, passed[1:]):
        area = {"conv": lambda: prod(layer[2]), "pool": lambda: 0, "linear": lambda: prod(before[1:])}[layer[0]]()
        weights.append(before[0] * area * after[0])
        biases.append(after[0] * (layer[-1] is True))
    first = [layer[0] for layer in layers].index("linear")
    return prod(passed[first]), weights, biases, sum(weights + biases)


q1_flat, q1_weights, q1_biases, q1_total = count($q1_channels, $q1_size, $q1_layers)
q2_flat, q2_weights, q2_biases, q2_total = count($q2_channels, $q2_size, $q2_layers)
q3_flat, q3_weights, q3_biases, q3_total = count($q3_channels, $q3_size, $q3_layers)
