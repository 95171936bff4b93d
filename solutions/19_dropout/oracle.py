"""What submissions are compared with: PyTorch's own dropout."""

from torch import nn


class Dropout(nn.Dropout):
    """As it is: what is compared is what its distribution gives, in words."""
