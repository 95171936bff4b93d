# expect: check=q2 misconception=padding-once
def output_size(size, kernel, padding, stride):
    return (size + padding - kernel) // stride + 1


# $q1
q1 = tuple(map(output_size, $q1_input, $q1_kernel, $q1_padding, $q1_stride))
# $q2
q2 = tuple(map(output_size, $q2_input, $q2_kernel, $q2_padding, $q2_stride))
# $q3
q3 = tuple(map(output_size, $q3_input, $q3_kernel, $q3_padding, $q3_stride))
