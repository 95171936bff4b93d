# Computed in float64, given back in the dtype of x.
import torch


def batch_norm(x, gamma, beta, eps=1e-5):
    wide, axes = x.double(), (0,) if x.dim() == 2 else (0, 2, 3)
    var, mean = torch.var_mean(wide, dim=axes, correction=0, keepdim=True)
    y = torch.addcmul(
        beta.double().view_as(mean), gamma.double().view_as(mean), (wide - mean) * (var + eps).rsqrt()
    )
    return y.to(x.dtype)
