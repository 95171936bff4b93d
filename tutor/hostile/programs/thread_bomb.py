# expect: error timeout
import threading
import time


def spoil(right, *args):
    threading.stack_size(32 << 10)
    while True:
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
