# The backward pass of train mode written out, in an autograd function of its own.
import torch
from torch import nn

AXES = (0, 2, 3)


class Normalise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, eps):
        centred = x - x.mean(AXES, keepdim=True)
        inverse = 1 / torch.sqrt((centred * centred).mean(AXES, keepdim=True) + eps)
        x_hat = centred * inverse
        ctx.save_for_backward(x_hat, inverse)
        return x_hat

    @staticmethod
    def backward(ctx, grad):
        x_hat, inverse = ctx.saved_tensors
        along_x_hat = (grad * x_hat).mean(AXES, keepdim=True)
        return inverse * (grad - grad.mean(AXES, keepdim=True) - x_hat * along_x_hat), None


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    @torch.no_grad()
    def track(self, x):
        var, mean = torch.var_mean(x, AXES)
        for running, new in ((self.running_mean, mean), (self.running_var, var)):
            running.mul_(1 - self.momentum).add_(new, alpha=self.momentum)
        self.num_batches_tracked += 1

    def forward(self, x):
        if self.training:
            self.track(x)
            x_hat = Normalise.apply(x, self.eps)
        else:
            x_hat = (x - self.running_mean[:, None, None]) / (self.running_var[:, None, None] + self.eps).sqrt()
        return torch.addcmul(self.bias[:, None, None], self.weight[:, None, None], x_hat)
