"""Computes what PyTorch makes of expressions and their gradients: a JSON object
in a line of the input, one in a line of the output for each. In float64, so that
what differs is the other side's; how far PyTorch is off in float32 is told, too."""

import base64
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F


def tensor(field, real):
    dtype = "<f4" if field["Real"] else "<i8"
    array = np.frombuffer(base64.b64decode(field["Data"]), dtype).reshape(field["Shape"])
    return torch.tensor(array).to(real) if field["Real"] else torch.tensor(array)


def gru(x, h, wi, wh, b, a=None, reverse=False):
    """All states of a GRU over x [batch, time, in], gates in the order update,
    reset, new; a [batch, time, 1] makes it an AUGRU."""
    states = []
    steps = range(x.shape[1])
    for t in reversed(steps) if reverse else steps:
        xz, xr, xn = (x[:, t] @ wi.T).chunk(3, 1)
        wz, wr, wn = wh.chunk(3, 0)
        bz, br, bn = b.chunk(3, 0)
        z, r = torch.sigmoid(xz + h @ wz.T + bz), torch.sigmoid(xr + h @ wr.T + br)
        n = torch.tanh(xn + (r * h) @ wn.T + bn)
        if a is not None:
            z = z * (1 - a[:, t])
        h = (1 - z) * n + z * h
        states.append(h)
    if reverse:
        states.reverse()
    return torch.stack(states, 1)


def gru_after(x, h, wi, wh, b):
    """The same where the reset gate is applied behind the multiplication, as
    PyTorch does it; b is [4·hidden]."""
    states = []
    for t in range(x.shape[1]):
        xz, xr, xn = (x[:, t] @ wi.T).chunk(3, 1)
        hz, hr, hn = (h @ wh.T).chunk(3, 1)
        bz, br, bn, bh = b.chunk(4, 0)
        z, r = torch.sigmoid(xz + hz + bz), torch.sigmoid(xr + hr + br)
        n = torch.tanh(xn + bn + r * (hn + bh))
        h = (1 - z) * n + z * h
        states.append(h)
    return torch.stack(states, 1)


def lstm(x, h, c, wi, wh, b):
    """All states and the last cell of an LSTM, gates in the order forget,
    input, cell, output."""
    states = []
    for t in range(x.shape[1]):
        f, i, g, o = (x[:, t] @ wi.T + h @ wh.T + b).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states, 1), c


def giou(p, t):
    """One minus the generalised intersection over union of boxes [n, 4]."""
    area = lambda b: (b[:, 2] - b[:, 0]).clamp(min=0) * (b[:, 3] - b[:, 1]).clamp(min=0)
    low, high = torch.maximum(p[:, :2], t[:, :2]), torch.minimum(p[:, 2:], t[:, 2:])
    inside = (high - low).clamp(min=0).prod(1)
    union = area(p) + area(t) - inside
    hull = (torch.maximum(p[:, 2:], t[:, 2:]) - torch.minimum(p[:, :2], t[:, :2])).prod(1)
    return 1 - inside / union + (hull - union) / hull


def compute(case, real):
    names = {i["Name"]: tensor(i, real) for i in case["Inputs"]}
    for i in case["Inputs"]:
        if i["Real"]:
            names[i["Name"]].requires_grad_()
    scope = dict(globals(), **names)
    if "\n" in case["Torch"]:
        exec(case["Torch"], scope)
        y = scope["y"]
    else:
        y = eval(case["Torch"], scope)
    outputs = list(y) if isinstance(y, (tuple, list)) else [y]
    upstream = [tensor(u, real) for u in case["Upstream"]]
    sum((o * u).sum() for o, u in zip(outputs, upstream, strict=True)).backward()
    gradients = [names[i["Name"]] for i in case["Inputs"] if i["Real"]]
    gradients = [torch.zeros_like(t) if t.grad is None else t.grad for t in gradients]
    return [t.detach().numpy() for t in outputs + gradients], [list(o.shape) for o in outputs]


def differs(a, b):
    top = np.abs(b).max(initial=0)
    return float(np.abs(a - b).max(initial=0) / (top or 1))


torch.set_num_threads(1)
for line in sys.stdin:
    case = json.loads(line)
    answer = {"Name": case["Name"]}
    try:
        exact, shapes = compute(case, torch.float64)
        short, _ = compute(case, torch.float32)
        answer["Shapes"] = shapes
        answer["Tensors"] = [base64.b64encode(np.ascontiguousarray(t, "<f4").tobytes()).decode() for t in exact]
        answer["Own"] = max(differs(a, b) for a, b in zip(short, exact))
    except Exception as error:
        answer["Error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
