# No formula: write down where the kernel's entries lie and where each window starts, and count.


def covered(kernel, dilation):
    places = [i * dilation for i in range(kernel)]
    return places[-1] - places[0] + 1


def positions(size, kernel, padding, stride, dilation):
    first, last = -padding, size + padding - covered(kernel, dilation)
    return len(range(first, last + 1, stride))


# $q1
q1_span = list(map(covered, $q1_kernel, $q1_dilation))
q1 = list(map(positions, $q1_input, $q1_kernel, $q1_padding, $q1_stride, $q1_dilation))
# $q2
q2_span = list(map(covered, $q2_kernel, $q2_dilation))
q2 = list(map(positions, $q2_input, $q2_kernel, $q2_padding, $q2_stride, $q2_dilation))
# $q3
q3_span = list(map(covered, $q3_kernel, $q3_dilation))
q3 = list(map(positions, $q3_input, $q3_kernel, $q3_padding, $q3_stride, $q3_dilation))
