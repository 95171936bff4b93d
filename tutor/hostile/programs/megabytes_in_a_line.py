# expect: error
def spoil(right, *args):
    exec(compile("(" * 900_000, __file__, "exec"))
