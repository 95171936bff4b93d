# expect: fail error
import builtins

builtins.isinstance = builtins.all = builtins.any = lambda *args: True
builtins.abs = builtins.len = lambda *args: 0


def spoil(right, *args):
    return None
