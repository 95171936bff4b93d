# The definition: every element of the output by itself. No padding is made; what lies outside adds nothing.
import torch


def conv2d(x, weight, bias=None, stride=1, padding=0):
    stride_rows, stride_columns = stride if isinstance(stride, tuple) else (stride, stride)
    pad_rows, pad_columns = padding if isinstance(padding, tuple) else (padding, padding)
    images, channels, height, width = x.shape
    filters, _, kernel_rows, kernel_columns = weight.shape
    rows = (height + 2 * pad_rows - kernel_rows) // stride_rows + 1
    columns = (width + 2 * pad_columns - kernel_columns) // stride_columns + 1
    output = torch.zeros(images, filters, rows, columns, dtype=x.dtype, device=x.device)
    for n in range(images):
        for f in range(filters):
            for r in range(rows):
                for c in range(columns):
                    top, left = r * stride_rows - pad_rows, c * stride_columns - pad_columns
                    window = x[n, :, max(top, 0) : top + kernel_rows, max(left, 0) : left + kernel_columns]
                    i, j = max(-top, 0), max(-left, 0)
                    kernel = weight[f, :, i : i + window.shape[1], j : j + window.shape[2]]
                    output[n, f, r, c] = (window * kernel).sum()
                    if bias is not None:
                        output[n, f, r, c] += bias[f]
    return output
