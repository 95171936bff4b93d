# With a backward pass of its own, worked out on paper.
import torch


class Normalise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, eps):
        centred = rows - rows.mean(1, keepdim=True)
        inverse = 1 / (centred.pow(2).mean(1, keepdim=True) + eps).sqrt()
        ctx.save_for_backward(centred * inverse, inverse)
        return centred * inverse

    @staticmethod
    def backward(ctx, grad):
        x_hat, inverse = ctx.saved_tensors
        along = (grad * x_hat).mean(1, keepdim=True)
        return inverse * (grad - grad.mean(1, keepdim=True) - x_hat * along), None


def batch_norm(x, gamma, beta, eps=1e-5):
    n, c, *rest = x.shape
    x_hat = Normalise.apply(x.transpose(0, 1).reshape(c, -1), eps)
    y = gamma.unsqueeze(1) * x_hat + beta.unsqueeze(1)
    return y.reshape(c, n, *rest).transpose(0, 1)
