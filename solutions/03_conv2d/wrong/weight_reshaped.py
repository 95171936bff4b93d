# expect: check=filters misconception=weight-reshaped
import torch
from torch.nn.functional import pad


def conv2d(x, weight, bias=None, stride=1, padding=0):
    stride = (stride, stride) if isinstance(stride, int) else stride
    padding = (padding, padding) if isinstance(padding, int) else padding
    x = pad(x, (padding[1], padding[1], padding[0], padding[0]))
    windows = x.unfold(2, weight.shape[2], stride[0]).unfold(3, weight.shape[3], stride[1])
    n, _, rows, cols = windows.shape[:4]
    # one row for each window, one column for each filter
    table = windows.permute(0, 2, 3, 1, 4, 5).flatten(3)
    out = table @ weight.reshape(-1, len(weight))
    out = out.permute(0, 3, 1, 2)
    return out if bias is None else out + bias.view(1, -1, 1, 1)
