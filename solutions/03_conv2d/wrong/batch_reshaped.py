# expect: check=batch misconception=batch-reshaped
import torch
from torch.nn.functional import pad


def conv2d(x, weight, bias=None, stride=1, padding=0):
    stride = (stride, stride) if isinstance(stride, int) else stride
    padding = (padding, padding) if isinstance(padding, int) else padding
    x = pad(x, (padding[1], padding[1], padding[0], padding[0]))
    windows = x.unfold(2, weight.shape[2], stride[0]).unfold(3, weight.shape[3], stride[1])
    n, _, rows, cols = windows.shape[:4]
    # one column for each window of all images
    table = windows.permute(1, 4, 5, 0, 2, 3).reshape(weight[0].numel(), -1)
    out = weight.flatten(1) @ table
    out = out.reshape(n, len(weight), rows, cols)
    return out if bias is None else out + bias.view(1, -1, 1, 1)
