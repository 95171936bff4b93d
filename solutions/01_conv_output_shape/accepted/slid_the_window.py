def span(kernel, dilation):
    return kernel + (kernel - 1) * (dilation - 1)


def output_size(size, kernel, padding, stride, dilation):
    count = 0
    left = 0
    while left + span(kernel, dilation) <= size + 2 * padding:
        count += 1
        left += stride
    return count


spans, answers = [], []
for given in [
    ($q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation),
    ($q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation),
    ($q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation),
]:
    spans.append([span(kernel, dilation) for _, kernel, _, _, dilation in zip(*given)])
    answers.append([output_size(*axis) for axis in zip(*given)])
q1, q2, q3 = answers
q1_span, q2_span, q3_span = spans
