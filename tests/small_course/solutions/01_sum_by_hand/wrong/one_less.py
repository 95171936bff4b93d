# expect: check=q1 misconception=divides-by-one-less
def totals(rows):
    return [sum(column) for column in zip(*rows)]


q1_total = totals($q1_rows)
q1_mean = [total / (len($q1_rows) - 1) for total in q1_total]
q2_total = totals($q2_rows)
q2_mean = [total / (len($q2_rows) - 1) for total in q2_total]
q3_total = totals($q3_rows)
q3_mean = [total / (len($q3_rows) - 1) for total in q3_total]
