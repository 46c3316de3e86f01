"""The loss of a network in training and its gradients, by PyTorch in double precision.

Usage: torch_steps.py FOLDER, as for reference.py. Losses and gradients by name are printed.
The recurrent layers are loops over cells, with the published formulas.
"""

import json
import pathlib
import sys

import numpy as np
import torch

folder = pathlib.Path(sys.argv[1])
options = json.loads((folder / "options.json").read_text())
numbers = np.fromfile(folder / "values.bin", "f4").astype("f8")
v, trained = {}, {}
for entry in options["tensors"]:
    size = int(np.prod(entry["shape"]))
    x = torch.from_numpy(numbers[:size].reshape(entry["shape"]).copy())
    numbers = numbers[size:]
    if entry["trained"]:
        trained[entry["name"]] = x.requires_grad_()
    v[entry["name"]] = x
reference, architecture = options["reference"], options["architecture"]
statistics = {}


def dense(x, name):
    return x @ v[name + ".weight"] + v[name + ".bias"]


def prelu(x, name):
    return torch.where(x > 0, x, v[name + ".slope"] * x)


def dice(x, name):
    mean = x.mean(0)
    deviation = ((x - mean) ** 2 + 1e-9).mean(0).sqrt()
    for part, now in (("mean", mean), ("deviation", deviation)):
        if not reference:
            kept = v[f"{name}.{part}"]
            statistics[f"{name}.{part}"] = (kept + 0.02 * (now - kept)).tolist()
    p = torch.sigmoid((x - mean) / (deviation + 1e-9))
    return v[name + ".slope"] * (1 - p) * x + p * x


def scaled(x, name):
    return v[name + ".scale"] * x / 1.001**0.5 + v[name + ".shift"]


def recurrent(xs, name, attention=None):
    hidden = v[name + ".state"].shape[1]
    state, states = torch.zeros(len(xs), hidden, dtype=torch.float64), []
    w = [torch.cat([a, b], 1).T for a, b in zip(v[name + ".input"].split(hidden), v[name + ".state"].split(hidden))]
    bias = v[name + ".bias"].split(hidden)
    for t in range(xs.shape[1]):
        both = torch.cat([xs[:, t], state], 1)
        update, reset = torch.sigmoid(both @ w[0] + bias[0]), torch.sigmoid(both @ w[1] + bias[1])
        fresh = torch.tanh(torch.cat([xs[:, t], reset * state], 1) @ w[2] + bias[2])
        if attention is not None:
            update = (1 - attention[:, t : t + 1]) * update
        state = update * state + (1 - update) * fresh
        states.append(state)
    return torch.stack(states, 1)


def attend(query, facts, mask):
    q = query[:, None].expand_as(facts)
    a = torch.cat([q, facts, q - facts, q * facts], 2)
    a = torch.sigmoid(dense(torch.sigmoid(dense(a, "attention.1")), "attention.2"))
    return torch.softmax(torch.where(mask == 1, dense(a, "attention.3")[..., 0], -(2.0**32) + 1), 1)


def auxiliary(states, history, negative, mask):
    def share(following):
        x = scaled(torch.cat([states[:, :-1], following[:, 1:]], 2), "auxiliary.norm")
        x = torch.sigmoid(dense(torch.sigmoid(dense(x, "auxiliary.1")), "auxiliary.2"))
        return torch.softmax(dense(x, "auxiliary.3"), 2)[..., 0] + 1e-8

    each = (-torch.log(share(history)) - torch.log(1 - share(negative))) * mask[:, 1:]
    return each.mean() if reference else each.sum() / mask[:, 1:].sum()


history, mask, lengths, item = v["history"], v["mask"], v["lengths"].long(), v["item"]
total = (history if reference else history * mask[..., None]).sum(1)
known, states = [v["user"], item, total], None
if architecture == "din":
    known += [item * total, (attend(item, history, mask)[..., None] * history).sum(1)]
if architecture == "dien":
    states = recurrent(history, "gru")
    shares = attend(prelu(dense(item, "query"), "query"), states, mask)
    known += [item * total, recurrent(states, "augru", shares)[torch.arange(len(lengths)), lengths - 1]]
activate = prelu if architecture == "dnn" else dice
x = scaled(torch.cat(known, 1), "top.norm")
x = activate(dense(activate(dense(x, "top.1"), "top.1"), "top.2"), "top.2")
p = torch.softmax(dense(x, "top.3"), 1) + 1e-8
clicked = v["clicked"][:, None]
click = loss = -(torch.log(p) * torch.cat([clicked, 1 - clicked], 1)).mean()
extra = 0.0
if options["auxiliary"] > 0:
    extra = auxiliary(states, history, v["negative"], mask)
    loss = click + options["auxiliary"] * extra
    extra = extra.item()
loss.backward()
print(json.dumps({
    "loss": loss.item(), "click": click.item(), "auxiliary": extra, "statistics": statistics,
    "gradients": {name: x.grad.flatten().tolist() for name, x in trained.items()},
}))
