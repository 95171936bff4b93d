def output_size(size, kernel, padding, stride):
    count = 0
    left = 0
    while left + kernel <= size + 2 * padding:
        count += 1
        left += stride
    return count


answers = []
for given in [
    ($q1_input, $q1_kernel, $q1_padding, $q1_stride),
    ($q2_input, $q2_kernel, $q2_padding, $q2_stride),
    ($q3_input, $q3_kernel, $q3_padding, $q3_stride),
]:
    answers.append([output_size(*axis) for axis in zip(*given)])
q1, q2, q3 = answers
