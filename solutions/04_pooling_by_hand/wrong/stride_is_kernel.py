# expect: check=q1 misconception=stride-is-kernel
def starts(size, kernel, stride, padding):
    # As many as are asked, side by side; one that would reach over the edge is drawn back.
    count = (size + 2 * padding - kernel) // stride + 1
    return [min(i * kernel - padding, size + padding - kernel) for i in range(count)]


def windows(x, kernel, stride, padding):
    rows, columns = map(starts, (len(x), len(x[0])), kernel, stride, padding)
    (K, O), M, N = kernel, len(x), len(x[0])
    return [
        [
            [x[i][j] for i in range(r, r + K) if 0 <= i < M for j in range(c, c + O) if 0 <= j < N]
            for c in columns
        ]
        for r in rows
    ]


def max_pool(x, window):
    return [[max(entries) for entries in row] for row in windows(x, *window)]


def avg_pool(x, window):
    K, O = window[0]
    return [[sum(entries) / (K * O) for entries in row] for row in windows(x, *window)]


# $q1
x = $q1_input
q1_max, q1_max_rect = max_pool(x, $q1_a), max_pool(x, $q1_b)
q1_avg, q1_avg_rect = avg_pool(x, $q1_a), avg_pool(x, $q1_b)
# $q2
x = $q2_input
q2_max, q2_avg = max_pool(x, $q2_a), avg_pool(x, $q2_b)
# $q3
x = $q3_input
q3_max, q3_avg = max_pool(x, $q3_a), avg_pool(x, $q3_b)
