# expect: fail error
def spoil(right, *args):
    answer = []
    for _ in range(100_000):
        answer = [answer]
    return answer
