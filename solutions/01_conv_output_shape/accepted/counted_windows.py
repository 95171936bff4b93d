# No formula: write down where each window starts, and count.


def positions(size, kernel, padding, stride):
    first, last = -padding, size + padding - kernel
    return len(range(first, last + 1, stride))


# $q1
q1 = list(map(positions, $q1_input, $q1_kernel, $q1_padding, $q1_stride))
# $q2
q2 = list(map(positions, $q2_input, $q2_kernel, $q2_padding, $q2_stride))
# $q3
q3 = list(map(positions, $q3_input, $q3_kernel, $q3_padding, $q3_stride))
