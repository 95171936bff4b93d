# As a learner may write it: floats, and every weight counted by itself.
def count(channels, size, layers):
    (m, n), weights, biases, flat = size, (), (), 0
    for layer in layers:
        if layer[0] == "conv":
            _, out, (k, o), (p, q), bias = layer
            used = [1 for _ in range(out) for _ in range(channels) for _ in range(k) for _ in range(o)]
            m, n = len(range(-p, m + p - k + 1)), len(range(-q, n + q - o + 1))
        elif layer[0] == "pool":
            used, out, bias = [], channels, False
            m, n = len(range(0, m - layer[1][0] + 1, layer[1][0])), len(range(0, n - layer[1][1] + 1, layer[1][1]))
        else:
            _, out, bias = layer
            flat = flat or channels * m * n
            used = [1] * (channels * m * n) * out
            m = n = 1
        weights += (float(len(used)),)
        biases += (float(out) if bias else 0.0,)
        channels = out
    return float(flat), weights, biases, sum(weights) + sum(biases)


q1_flat, q1_weights, q1_biases, q1_total = count($q1_channels, $q1_size, $q1_layers)
q2_flat, q2_weights, q2_biases, q2_total = count($q2_channels, $q2_size, $q2_layers)
q3_flat, q3_weights, q3_biases, q3_total = count($q3_channels, $q3_size, $q3_layers)
