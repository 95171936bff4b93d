# expect: fail error
# needs: process landlock
import ctypes
import os


def spoil(right, *args):
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    for path in (f"/proc/{parent}/mem", f"/proc/{parent}/maps", f"/proc/{parent}/environ", f"/proc/{parent}/fd"):
        try:
            os.close(os.open(path, os.O_RDONLY))
        except OSError:
            continue
        return right()
    # PTRACE_SEIZE, and what reads another process's memory.
    if libc.ptrace(0x4206, parent, None, None) == 0:
        return right()
    buffer = ctypes.create_string_buffer(16)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 16)
    remote = (ctypes.c_size_t * 2)(id(spoil), 16)
    if libc.process_vm_readv(parent, local, 1, remote, 1, 0) > 0:
        return right()
    return None
