from __future__ import annotations

import platform
import subprocess
import sys

import pytest

TIMES, PAGES = 20, 1 << 14
FAULTS = f"""
import resource
import torch
from tutor.lab import devices

devices.keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({TIMES}):
    torch.ones({PAGES} << 10)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries cannot be told")
def test_memory_that_a_tensor_has_freed_is_there_for_the_next_one() -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    # Where a block is put is the C library's choice, and it has been seen to take six places in turn.
    assert int(done.stdout) < TIMES * PAGES / 2, "the system has handed out 64 MB in pages again and again"
