# expect: check=q1 misconception=plus-one-forgotten
def output_size(size, kernel, padding, stride):
    return (size + 2 * padding - kernel) // stride


# $q1
q1 = tuple(map(output_size, $q1_input, $q1_kernel, $q1_padding, $q1_stride))
# $q2
q2 = tuple(map(output_size, $q2_input, $q2_kernel, $q2_padding, $q2_stride))
# $q3
q3 = tuple(map(output_size, $q3_input, $q3_kernel, $q3_padding, $q3_stride))
