"""Train a small network of convolutions with PyTorch on given batches.

    trainnet.py TASK DATA     {"losses": [...], "weights": {name: [...], ...}}

TASK is JSON: {"channels": [in, a, b, ...], "strides": [...], "size": n, "classes": n,
"batch": n, "steps": n, "optimizer": "SGD", "options": {...}, "weights": {name: [...]}}.
DATA has for each step its pictures, float32, and then its classes, int32.
"""

import json
import sys

import numpy
import torch
from torch import nn


def network(task):
    layers = []
    channels = task["channels"]
    for before, after, stride in zip(channels, channels[1:], task["strides"]):
        layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels[-1], task["classes"])]
    return nn.Sequential(*layers)


def main(args):
    with open(args[0]) as f:
        task = json.load(f)
    net = network(task)
    state = net.state_dict()
    for name, values in task["weights"].items():
        state[name] = torch.tensor(values, dtype=torch.float32).reshape(state[name].shape)
    net.load_state_dict(state)
    step = getattr(torch.optim, task["optimizer"])(net.parameters(), **task["options"])
    n, c, s = task["batch"], task["channels"][0], task["size"]
    losses = []
    with open(args[1], "rb") as data:
        for _ in range(task["steps"]):
            x = torch.from_numpy(numpy.frombuffer(data.read(4 * n * c * s * s), "<f4").copy()).reshape(n, c, s, s)
            y = torch.from_numpy(numpy.frombuffer(data.read(4 * n), "<i4").astype("int64"))
            loss = nn.functional.cross_entropy(net(x), y)
            step.zero_grad()
            loss.backward()
            step.step()
            losses.append(float(loss))
    weights = {name: net.state_dict()[name].flatten().tolist() for name in task["weights"]}
    json.dump({"losses": losses, "weights": weights}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
