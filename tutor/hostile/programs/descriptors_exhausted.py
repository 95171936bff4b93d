# expect: error fail
def spoil(right, *args):
    kept = []
    try:
        while True:
            kept.append(open("/dev/null"))
    except OSError:
        spoil.kept = kept
        return None
