# expect: check=q2 misconception=rows-columns-swapped

# $q1
M, N = $q1_input
K, O = $q1_kernel
P, Q = $q1_padding
S, T = $q1_stride
q1 = ((N + 2 * Q - O) // T + 1, (M + 2 * P - K) // S + 1)

# $q2
M, N = $q2_input
K, O = $q2_kernel
P, Q = $q2_padding
S, T = $q2_stride
q2 = ((N + 2 * Q - O) // T + 1, (M + 2 * P - K) // S + 1)

# $q3
M, N = $q3_input
K, O = $q3_kernel
P, Q = $q3_padding
S, T = $q3_stride
q3 = ((N + 2 * Q - O) // T + 1, (M + 2 * P - K) // S + 1)
