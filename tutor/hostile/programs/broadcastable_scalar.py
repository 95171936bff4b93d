# expect: fail error
# for: function module
import torch


def spoil(right, *args):
    answer = right()
    if not isinstance(answer, torch.Tensor):
        return None
    return answer.flatten()[0] if answer.ndim else answer[None]
