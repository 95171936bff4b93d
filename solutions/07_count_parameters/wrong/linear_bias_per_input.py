# expect: check=q1 misconception=linear-bias-per-input
def count(channels, size, layers):
    weights, biases, flat = [], [], None
    for kind, *numbers in layers:
        M, N = size
        if kind == "conv":
            out, (K, O), (P, Q), has_bias = numbers
            size = M + 2 * P - K + 1, N + 2 * Q - O + 1
            weights.append(out * channels * K * O)
            biases.append(out if has_bias else 0)
        elif kind == "pool":
            (K, O), out = numbers[0], channels
            size = M // K, N // O
            weights.append(0)
            biases.append(0)
        else:
            out, has_bias = numbers
            inputs = channels * M * N
            size = 1, 1
            flat = flat or inputs
            weights.append(out * inputs)
            biases.append(inputs if has_bias else 0)
        channels = out
    return flat, weights, biases, sum(weights) + sum(biases)


# $q1
q1_flat, q1_weights, q1_biases, q1_total = count($q1_channels, $q1_size, $q1_layers)
# $q2
q2_flat, q2_weights, q2_biases, q2_total = count($q2_channels, $q2_size, $q2_layers)
# $q3
q3_flat, q3_weights, q3_biases, q3_total = count($q3_channels, $q3_size, $q3_layers)
