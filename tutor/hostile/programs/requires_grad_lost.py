# expect: fail error
# for: gradients
def spoil(right, *args):
    return right().detach()
