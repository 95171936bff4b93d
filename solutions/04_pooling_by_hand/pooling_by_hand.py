# In every pair and every window (kernel, stride, padding) rows come first.


def starts(size, kernel, stride, padding):
    """Where the windows begin on one axis: 0 is the input's first entry."""
    return range(-padding, size + padding - kernel + 1, stride)


def windows(x, kernel, stride, padding):
    """A table with, for each window, the input's entries that lie under it."""
    M, N = len(x), len(x[0])
    K, O = kernel
    rows = starts(M, K, stride[0], padding[0])
    columns = starts(N, O, stride[1], padding[1])

    def under(r, c):
        # Of the places in the window, those that are in the input and not in
        # the padding, where i or j is negative or too large.
        return [
            x[i][j]
            for i in range(r, r + K)
            for j in range(c, c + O)
            if 0 <= i < M and 0 <= j < N
        ]

    return [[under(r, c) for c in columns] for r in rows]


def max_pool(x, window):
    # The padding stands for minus infinity: left out, it cannot win either.
    return [[max(entries) for entries in row] for row in windows(x, *window)]


def avg_pool(x, window):
    # The padding stands for 0: it adds nothing to the sum, but its places
    # count in the divisor.
    (K, O), _, _ = window
    table = windows(x, *window)
    return [[sum(entries) / (K * O) for entries in row] for row in table]


# $q1
x = $q1_input
q1_max = max_pool(x, $q1_a)
q1_max_rect = max_pool(x, $q1_b)
q1_avg = avg_pool(x, $q1_a)
q1_avg_rect = avg_pool(x, $q1_b)

# $q2
x = $q2_input
q2_max = max_pool(x, $q2_a)
q2_avg = avg_pool(x, $q2_b)

# $q3
x = $q3_input
q3_max = max_pool(x, $q3_a)
q3_avg = avg_pool(x, $q3_b)
