# One blank after the other, as in the file that is handed out.
def total(numbers):
    result = 0
    for number in numbers:
        result += number
    return result


x = $q1_x
q1_mean = total(x) / len(x)
q1_variance = total([(x[i] - q1_mean) * (x[i] - q1_mean) for i in range(len(x))]) / len(x)
q1_std = q1_variance**0.5
q1_standardised = [(x[i] - q1_mean) / q1_std for i in range(len(x))]

x = $q2_x
q2_mean = total(x) / len(x)
q2_variance = total([(x[i] - q2_mean) * (x[i] - q2_mean) for i in range(len(x))]) / len(x)
q2_std = q2_variance**0.5
q2_standardised = [(x[i] - q2_mean) / q2_std for i in range(len(x))]

x = $q3_x
q3_mean = total(x) / len(x)
q3_variance = total([(x[i] - q3_mean) * (x[i] - q3_mean) for i in range(len(x))]) / len(x)
q3_std = q3_variance**0.5
q3_standardised = [(x[i] - q3_mean) / q3_std for i in range(len(x))]
