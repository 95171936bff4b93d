# The definition, product by product.
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
                    if bias is not None:
                        output[n, f, r, c] = bias[f]
                    for d in range(channels):
                        for i in range(kernel_rows):
                            for j in range(kernel_columns):
                                row = r * stride_rows + i - pad_rows
                                column = c * stride_columns + j - pad_columns
                                # Outside is padding, which adds nothing.
                                if 0 <= row < height and 0 <= column < width:
                                    output[n, f, r, c] += x[n, d, row, column] * weight[f, d, i, j]
    return output
