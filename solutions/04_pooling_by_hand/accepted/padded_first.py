# Pads the input for real, then slides the window over it. Numbers as people write them: three decimals.
from math import inf


def pad(x, padding, value):
    p, q = padding
    wide = [[value] * q + row + [value] * q for row in x]
    edge = [[value] * len(wide[0])] * p
    return edge + wide + edge


def slide(x, kernel, stride):
    table = []
    top = 0
    while top + kernel[0] <= len(x):
        row = []
        left = 0
        while left + kernel[1] <= len(x[0]):
            row.append([n for line in x[top : top + kernel[0]] for n in line[left : left + kernel[1]]])
            left += stride[1]
        table.append(row)
        top += stride[0]
    return table


def biggest(x, window):
    return [[max(w) for w in row] for row in slide(pad(x, window[2], -inf), window[0], window[1])]


def average(x, window):
    return [[round(sum(w) / len(w), 3) for w in row] for row in slide(pad(x, window[2], 0), window[0], window[1])]


q1_max, q1_max_rect = biggest($q1_input, $q1_a), biggest($q1_input, $q1_b)
q1_avg, q1_avg_rect = average($q1_input, $q1_a), average($q1_input, $q1_b)
q2_max, q2_avg = biggest($q2_input, $q2_a), average($q2_input, $q2_b)
q3_max, q3_avg = biggest($q3_input, $q3_a), average($q3_input, $q3_b)
