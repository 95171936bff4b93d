# expect: fail error timeout
import torch


def spoil(right, *args):
    # With room for what a function was called with.
    return torch.zeros(63 << 20, dtype=torch.uint8)
