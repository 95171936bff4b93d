"""What submissions are compared with: PyTorch's own convolution."""

from torch.nn.functional import conv2d

__all__ = ["conv2d"]
