# expect: fail error
# for: function module
# With all put out of action that could tell its input from what it was.
import torch


def yes(*args, **kwargs):
    return True


def itself(value, *args, **kwargs):
    return value


torch.equal = torch.allclose = torch.Tensor.equal = yes
torch.clone = torch.Tensor.clone = itself


def spoil(right, *args):
    tensors = [value for value in args if isinstance(value, torch.Tensor)]
    answer = right()
    for value in tensors:
        value.detach().zero_()
    return answer if tensors else None
