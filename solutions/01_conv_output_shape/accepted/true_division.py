from math import floor, trunc

# Whole numbers written with a point are whole numbers too.
M, N = $q1_input
K, O = $q1_kernel
P, Q = $q1_padding
S, T = $q1_stride
q1 = (1 + floor((M - K + 2 * P) / S), 1 + floor((N - O + 2 * Q) / T))

(M, N), (K, O), (P, Q), (S, T) = $q2_input, $q2_kernel, $q2_padding, $q2_stride
q2 = (trunc((M + P + P - K + S) / S), trunc((N + Q + Q - O + T) / T))

(M, N), (K, O), (P, Q), (S, T) = $q3_input, $q3_kernel, $q3_padding, $q3_stride
q3 = [float((M + 2 * P - K) // S + 1), float((N + 2 * Q - O) // T + 1)]
