# A layer is written as
#     ("conv", channels out, kernel, padding, whether it has a bias),
#     ("pool", kernel), or
#     ("linear", out, whether it has a bias).
# Rows come first in each pair.


def count(channels, size, layers):
    """What arrives at the first linear layer; weights, biases, their sum."""
    weights, biases, flat = [], [], None
    for kind, *numbers in layers:
        M, N = size
        if kind == "conv":
            out, (K, O), (P, Q), has_bias = numbers
            # Each output channel has a K×O kernel for each input channel,
            # and one bias.
            weights.append(out * channels * K * O)
            biases.append(out if has_bias else 0)
            channels, size = out, (M + 2 * P - K + 1, N + 2 * Q - O + 1)
        elif kind == "pool":
            ((K, O),) = numbers
            weights.append(0)  # it only picks: there is nothing to learn
            biases.append(0)
            size = (M // K, N // O)
        else:
            out, has_bias = numbers
            inputs = channels * M * N  # flattened
            flat = flat or inputs
            weights.append(out * inputs)
            biases.append(out if has_bias else 0)
            channels, size = out, (1, 1)
    return flat, weights, biases, sum(weights) + sum(biases)


# $q1
q1_flat, q1_weights, q1_biases, q1_total = count($q1_channels, $q1_size, $q1_layers)

# $q2
q2_flat, q2_weights, q2_biases, q2_total = count($q2_channels, $q2_size, $q2_layers)

# $q3
q3_flat, q3_weights, q3_biases, q3_total = count($q3_channels, $q3_size, $q3_layers)
