# expect: check=values misconception=adds
def scale(x, factor):
    return x + factor
