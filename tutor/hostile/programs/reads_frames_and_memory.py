# expect: fail error
# Looks for what the engine knows in every frame and every object: its checks, its cases, its expected values.
import gc
import sys


def spoil(right, *args):
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "reference", "solution", "seed", "cases"):
                return right()
        frame = frame.f_back
    if any(name.startswith("tutor.checks") or name == "tutor.engine.judge" for name in sys.modules):
        return right()
    for each in gc.get_objects():
        if (type(each).__module__ or "").startswith(("tutor.checks", "tutor.course", "tutor.engine.judge")):
            return right()
    return None
