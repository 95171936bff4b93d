# expect: timeout
# Says that a reply is on its way, and then sends it a byte at a time.
import os
import time

time.sleep(0.1)
for byte in b"\x00\x10\x00\x00\x00\x00\x00\x00" + b" " * 1000000:
    for descriptor in range(3, 100):
        try:
            os.write(descriptor, bytes([byte]))
        except OSError:
            pass
    time.sleep(0.05)
