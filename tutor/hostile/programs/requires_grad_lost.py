# expect: fail error
# for: module
def spoil(right, *args):
    return right().detach()
