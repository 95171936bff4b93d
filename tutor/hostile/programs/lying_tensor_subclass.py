# expect: fail error
# for: function module
import torch


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


def spoil(right, *args):
    return torch.as_tensor(right()).as_subclass(Liar)
