# expect: check=mean misconception=pytorch-asked
import torch.nn.functional as F


def update_running(running_mean, running_var, x, momentum=0.1):
    mean, var = running_mean.clone(), running_var.clone()
    F.batch_norm(x, mean, var, training=True, momentum=momentum)
    return mean, var
