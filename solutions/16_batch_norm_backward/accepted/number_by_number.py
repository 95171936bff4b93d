# Plain Python numbers: what each output owes to each input of its channel, added up one by one.
import math

import torch


def batch_norm_backward(grad_out, x, gamma, eps=1e-5):
    flat = x.transpose(0, 1).flatten(1).tolist()
    flat_g = grad_out.transpose(0, 1).flatten(1).tolist()
    gx, gg, gb = [], [], []
    for xs, gs, scale in zip(flat, flat_g, gamma.tolist()):
        m = len(xs)
        mean = math.fsum(xs) / m
        root = math.sqrt(math.fsum((v - mean) ** 2 for v in xs) / m + eps)
        hats = [(v - mean) / root for v in xs]
        gb.append(math.fsum(gs))
        gg.append(math.fsum(g * h for g, h in zip(gs, hats)))
        gx.append([
            math.fsum(
                g * scale / root * ((i == j) - 1 / m - hats[i] * hats[j] / m)
                for i, g in enumerate(gs)
            )
            for j in range(m)
        ])
    like = x.transpose(0, 1)
    back = torch.tensor(gx, dtype=x.dtype).reshape(like.shape).transpose(0, 1)
    return back, torch.tensor(gg, dtype=x.dtype), torch.tensor(gb, dtype=x.dtype)
