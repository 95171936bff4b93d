# expect: check=values misconception=squares
def scale(x, factor):
    return x * factor * factor
