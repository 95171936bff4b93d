# Every window as a plain list of its real entries; no padding is made at all.
import torch


def two(value):
    return (value, value) if isinstance(value, int) else value


def each_window(x, kernel_size, stride, padding):
    kernel = two(kernel_size)
    step = kernel if stride is None else two(stride)
    edge = two(padding)
    h, w = x.shape[2:]
    for top in range(-edge[0], h + edge[0] - kernel[0] + 1, step[0]):
        for left in range(-edge[1], w + edge[1] - kernel[1] + 1, step[1]):
            yield x[:, :, max(top, 0) : top + kernel[0], max(left, 0) : left + kernel[1]]


def shaped(numbers, x, kernel_size, stride, padding):
    kernel = two(kernel_size)
    step = kernel if stride is None else two(stride)
    rows = (x.shape[2] + 2 * two(padding)[0] - kernel[0]) // step[0] + 1
    return torch.stack(numbers, dim=-1).unflatten(-1, (rows, -1))


def max_pool2d(x, kernel_size, stride=None, padding=0):
    largest = [w.flatten(2).max(-1)[0] for w in each_window(x, kernel_size, stride, padding)]
    return shaped(largest, x, kernel_size, stride, padding)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    size = two(kernel_size)[0] * two(kernel_size)[1]
    means = [w.flatten(2).sum(-1) / size for w in each_window(x, kernel_size, stride, padding)]
    return shaped(means, x, kernel_size, stride, padding)
