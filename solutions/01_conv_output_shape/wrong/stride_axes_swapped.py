# expect: check=q2 misconception=stride-axes-swapped
def output_size(size, span, padding, stride):
    return (size + 2 * padding - span) // stride + 1


def output_shape(input, kernel, padding, stride, dilation):
    span = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    return span, list(map(output_size, input, span, padding, stride[::-1]))


# $q1
q1_span, q1 = output_shape($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation)
# $q2
q2_span, q2 = output_shape($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation)
# $q3
q3_span, q3 = output_shape($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation)
