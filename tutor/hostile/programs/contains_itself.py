# expect: fail error
def spoil(right, *args):
    answer = []
    answer.append(answer)
    return answer
