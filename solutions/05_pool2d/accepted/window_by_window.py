# One window of all images and channels at a time.
import torch


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def pool(x, kernel_size, stride, padding, around, reduce):
    k, o = pair(kernel_size)
    s, t = pair(stride or kernel_size)
    p, q = pair(padding)
    n, channels, h, w = x.shape
    padded = x.new_full((n, channels, h + 2 * p, w + 2 * q), around)
    padded[:, :, p : p + h, q : q + w] = x
    rows, columns = (h + 2 * p - k) // s + 1, (w + 2 * q - o) // t + 1
    output = x.new_empty(n, channels, rows, columns)
    for r in range(rows):
        for c in range(columns):
            window = padded[:, :, r * s : r * s + k, c * t : c * t + o]
            output[:, :, r, c] = reduce(window.reshape(n, channels, -1))
    return output


def max_pool2d(x, kernel_size, stride=None, padding=0):
    return pool(x, kernel_size, stride, padding, float("-inf"), lambda window: window.max(dim=-1).values)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    k, o = pair(kernel_size)
    return pool(x, kernel_size, stride, padding, 0.0, lambda window: window.sum(dim=-1) / (k * o))
