# One entry after the other in float64 (Welford), given back in the dtype of the buffers.
import torch


def update_running(running_mean, running_var, x, momentum=0.1):
    def blend(old, new):
        return (old.double() - momentum * (old.double() - new)).to(old.dtype)

    mean = squares = torch.zeros(x.shape[1], dtype=torch.float64)
    count = 0
    for entry in x.detach().double().movedim(1, -1).flatten(0, -2):
        count += 1
        away = entry - mean
        mean = mean + away / count
        squares = squares + away * (entry - mean)
    return blend(running_mean, mean), blend(running_var, squares / (count - 1))
