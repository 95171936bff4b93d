# expect: fail error
# needs: landlock
import os
from multiprocessing import shared_memory


def spoil(right, *args):
    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    block.close()
    block.unlink()
    return right()
