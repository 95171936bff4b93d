# expect: timeout
import threading


def spoil(right, *args):
    one, other = threading.Lock(), threading.Lock()
    both = threading.Barrier(2)

    def take(first, second):
        with first:
            both.wait()
            with second:
                pass

    threads = [threading.Thread(target=take, args=order) for order in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
