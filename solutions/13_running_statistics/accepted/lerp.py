# From what was towards what is new.
import torch


@torch.no_grad()
def update_running(running_mean, running_var, x, momentum=0.1):
    var, mean = torch.var_mean(x, dim=[0, *range(2, x.dim())])
    return running_mean.lerp(mean, momentum), torch.lerp(running_var, var, momentum)
