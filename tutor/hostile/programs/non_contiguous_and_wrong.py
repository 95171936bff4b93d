# expect: fail error
# for: numbers
import torch


def spoil(right, *args):
    answer = right()
    if not isinstance(answer, torch.Tensor):
        return None
    return answer.transpose(0, -1).contiguous().transpose(0, -1) + 1
