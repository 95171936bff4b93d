"""The deep networks, with shortcuts and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from tutor.lab.networks.blocks import BasicBlock, ProjectionBlock, ResidualBlock
from tutor.lab.networks.layers import sequential

if TYPE_CHECKING:
    from tutor.lab.networks.layers import Layers

BLOCKS_A_SIZE = 3


def deep_lenet(layers: Layers, *, skip: bool) -> nn.Module:
    """The base model made deep: residual blocks behind its first convolution, in the place of its second.

    18 layers with weights on the way through, no batch norm. (N, 1, 28, 28) → (N, 10).

    What the shortcuts mend at this depth is the start: PyTorch's first weights are so small that the signal fades from
    block to block where nothing goes around them. Drawn as by :func:`he_initialised`, both learn equally fast.

    Args:
        skip: whether the blocks have shortcuts. Without, depth and width are the same; what is missing is the
            projection block's shortcut, 880 weights.

    Source: He et al., *Deep Residual Learning* (2015), section 3.3, "plain network" and "residual network".
    """

    def residual(channels: int) -> nn.Module:
        if skip and layers.residual_block:
            return layers.residual_block(channels, channels)
        return ResidualBlock(channels, channels, layers, skip=skip)

    def projection(in_channels: int, hidden_channels: int, out_channels: int, stride: int) -> nn.Module:
        if skip and layers.projection_block:
            return layers.projection_block(in_channels, hidden_channels, out_channels, stride)
        return ProjectionBlock(in_channels, hidden_channels, out_channels, stride, layers, skip=skip)

    return sequential(
        # (N, 1, 28, 28)
        conv1=layers.conv2d(1, 6, kernel_size=5, padding=2),
        relu1=nn.ReLU(),
        pool1=layers.max_pool2d(2),
        # (N, 6, 14, 14)
        blocks1=nn.Sequential(*(residual(6) for _ in range(BLOCKS_A_SIZE))),
        projection=projection(6, 16, 16, 2),
        # (N, 16, 7, 7)
        blocks2=nn.Sequential(*(residual(16) for _ in range(BLOCKS_A_SIZE))),
        flatten=nn.Flatten(),
        # (N, 784)
        linear1=nn.Linear(784, 120),
        relu3=nn.ReLU(),
        linear2=nn.Linear(120, 84),
        relu4=nn.ReLU(),
        linear3=nn.Linear(84, 10),
        # (N, 10)
    )


def resnet(layers: Layers, depth: int, *, skip: bool) -> nn.Module:
    """The paper's nets for CIFAR-10, for MNIST at half its size. (N, 1, 28, 28) → (N, 10).

    Args:
        depth: 6n + 2 layers with weights: one convolution, three times n blocks of two convolutions, one linear layer.
        skip: whether the blocks have shortcuts; without, the net is the plain one.

    Source: He et al., *Deep Residual Learning* (2015), section 4.2. Three things are otherwise here. The first
    convolution has stride 2, as that of the paper's nets for ImageNet has: a quarter of the work. There are half as
    many channels, which makes 20 layers of about as many weights as LeNet has. And where the shape changes, the
    shortcut is a 1×1 convolution (option B), as in exercise 26, where the paper pads with zeros (option A).
    """
    blocks = (depth - 2) // 6

    def stage(in_channels: int, out_channels: int, stride: int) -> nn.Module:
        first = block(layers, in_channels, out_channels, stride, skip=skip)
        rest = (block(layers, out_channels, out_channels, 1, skip=skip) for _ in range(blocks - 1))
        return nn.Sequential(first, *rest)

    net = sequential(
        # (N, 1, 28, 28)
        conv1=layers.conv2d(1, 8, kernel_size=3, stride=2, padding=1, bias=False),
        norm1=layers.batch_norm2d(8),
        relu1=nn.ReLU(),
        # (N, 8, 14, 14)
        stage1=stage(8, 8, stride=1),
        stage2=stage(8, 16, stride=2),
        # (N, 16, 7, 7)
        stage3=stage(16, 32, stride=2),
        # (N, 32, 4, 4)
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        # (N, 32)
        linear=nn.Linear(32, 10),
        # (N, 10)
    )
    return he_initialised(net)


def mini_resnet(layers: Layers) -> nn.Module:
    """The stem of ResNet-18 and three basic blocks. (N, 1, 28, 28) → (N, 10).

    With the recipe "fast" it reaches 99 % on MNIST in its first epoch; at a learning rate that stays as it is, test
    accuracy goes up and down by a per cent, as batch norm's running statistics run after the weights.

    Source: He et al., *Deep Residual Learning* (2015), table 1, with a smaller kernel, a quarter of the channels and
    one block a stage.
    """
    net = sequential(
        # (N, 1, 28, 28)
        conv1=layers.conv2d(1, 16, kernel_size=3, padding=1, bias=False),
        norm1=layers.batch_norm2d(16),
        relu1=nn.ReLU(),
        pool1=layers.max_pool2d(2),
        # (N, 16, 14, 14)
        block1=block(layers, 16, 16, 1),
        block2=block(layers, 16, 32, 2),
        # (N, 32, 7, 7)
        block3=block(layers, 32, 64, 2),
        # (N, 64, 4, 4)
        pool2=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        # (N, 64)
        linear=nn.Linear(64, 10),
        # (N, 10)
    )
    return he_initialised(net)


def he_initialised(network: nn.Module) -> nn.Module:
    """Draw the weights of a network's convolutions anew, from N(0, 2 / fan_out).

    PyTorch's own are less than half as large. Adam's first steps then change them so fast that the running statistics
    of batch norm lag behind: residual-8 at full size, after 480 steps at batch 64, had 63 % in eval mode and
    95 % in train mode.

    Source: He et al., *Delving Deep into Rectifiers* (2015), section 2.2; torchvision's ResNet does the same.
    """
    convolutions = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    # Those of the shortcuts last: a plain net, which has none, draws the same numbers for all others.
    for layer in sorted(convolutions, key=lambda layer: layer.kernel_size == (1, 1)):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return network


def block(layers: Layers, in_channels: int, out_channels: int, stride: int, *, skip: bool = True) -> nn.Module:
    """A basic block, or its plain twin."""
    if skip and layers.basic_block:
        return layers.basic_block(in_channels, out_channels, stride)
    return BasicBlock(in_channels, out_channels, stride, layers, skip=skip)
