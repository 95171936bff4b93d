import torch
from torch import nn


def network(layers):
    modules = []
    for kind, *numbers in layers:
        if kind == "conv":
            out, kernel, padding, bias = numbers
            modules.append(nn.LazyConv2d(out, kernel, padding=padding, bias=bias))
        elif kind == "pool":
            modules.append(nn.MaxPool2d(*numbers))
        else:
            out, bias = numbers
            if not any(isinstance(module, nn.Flatten) for module in modules):
                modules.append(nn.Flatten())
            modules.append(nn.LazyLinear(out, bias=bias))
    return nn.Sequential(*modules)


def count(channels, size, layers):
    net = network(layers)
    net(torch.rand(1, channels, *size))
    counted = [layer for layer in net if not isinstance(layer, nn.Flatten)]
    flat = next(layer for layer in net if isinstance(layer, nn.Linear)).in_features
    weights = [sum(p.numel() for p in layer.parameters() if p.dim() > 1) for layer in counted]
    biases = [sum(p.numel() for p in layer.parameters() if p.dim() == 1) for layer in counted]
    return flat, torch.tensor(weights), biases, sum(p.numel() for p in net.parameters())


q1_flat, q1_weights, q1_biases, q1_total = count($q1_channels, $q1_size, $q1_layers)
q2_flat, q2_weights, q2_biases, q2_total = count($q2_channels, $q2_size, $q2_layers)
q3_flat, q3_weights, q3_biases, q3_total = count($q3_channels, $q3_size, $q3_layers)
