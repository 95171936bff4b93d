# expect: error timeout fail
# An alarm that goes off every millisecond, and raises wherever the worker happens to be.
import signal


def alarm(number, frame):
    raise RuntimeError("the alarm")


def spoil(right, *args):
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
