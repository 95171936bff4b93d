# expect: check=q1 misconception=output-down-columns
def convolve(x, w, padding, stride, bias):
    (P, Q), (S, T) = padding, stride
    K, O = len(w), len(w[0])
    rows = (len(x) + 2 * P - K) // S + 1
    columns = (len(x[0]) + 2 * Q - O) // T + 1

    def entry(i, j):
        inside = 0 <= i < len(x) and 0 <= j < len(x[0])
        return x[i][j] if inside else 0

    def number(i, j):
        top, left = S * i - P, T * j - Q
        return sum(entry(top + a, left + b) * w[a][b] for a in range(K) for b in range(O)) + bias

    numbers = [number(i, j) for i in range(rows) for j in range(columns)]
    return [[numbers[j * rows + i] for j in range(columns)] for i in range(rows)]


# $q1
q1 = convolve($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_bias)
# $q2
q2 = convolve($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_bias)
# $q3
q3 = convolve($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_bias)
