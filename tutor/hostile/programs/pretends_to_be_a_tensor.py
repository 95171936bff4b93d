# expect: fail error
import torch


class Pretender:
    __class__ = torch.Tensor


def spoil(right, *args):
    return Pretender()
