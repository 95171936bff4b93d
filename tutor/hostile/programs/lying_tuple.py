# expect: fail error
# Says that it holds what is right, and holds nothing.
import torch


class Liar(tuple):
    answer = ()

    def __iter__(self):
        return iter(self.answer)

    def __len__(self):
        return len(self.answer)

    def __getitem__(self, place):
        return self.answer[place]

    def __eq__(self, other):
        return True

    __hash__ = None


def spoil(right, *args):
    answer = right()
    Liar.answer = tuple(answer.tolist()) if isinstance(answer, torch.Tensor) else answer
    return Liar()
