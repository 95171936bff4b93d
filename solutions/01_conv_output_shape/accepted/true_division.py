from math import floor, trunc

# Whole numbers written with a point are whole numbers too.
(M, N), (K, O), (P, Q), (S, T), (D, E) = $q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation
q1_span = K * D - D + 1, O * E - E + 1
K, O = q1_span
q1 = (1 + floor((M - K + 2 * P) / S), 1 + floor((N - O + 2 * Q) / T))

(M, N), (K, O), (P, Q), (S, T), (D, E) = $q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation
q2_span = K * D - D + 1, O * E - E + 1
K, O = q2_span
q2 = (trunc((M + P + P - K + S) / S), trunc((N + Q + Q - O + T) / T))

(M, N), (K, O), (P, Q), (S, T), (D, E) = $q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation
q3_span = [float(1 + D * (K - 1)), float(1 + E * (O - 1))]
q3 = [float((M + 2 * P - D * (K - 1) - 1) // S + 1), float((N + 2 * Q - E * (O - 1) - 1) // T + 1)]
