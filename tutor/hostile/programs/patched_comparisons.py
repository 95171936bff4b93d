# expect: fail error
import torch


def yes(*args, **kwargs):
    return True


torch.allclose = torch.equal = torch.isclose = yes
torch.testing.assert_close = torch.Tensor.equal = torch.Tensor.allclose = yes
torch.Tensor.__eq__ = torch.Tensor.eq = torch.Tensor.__bool__ = torch.Tensor.all = yes


def spoil(right, *args):
    return torch.zeros(3)
