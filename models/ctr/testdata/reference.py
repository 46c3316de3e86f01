"""Predicts clicks with numpy in double precision, step by step as the networks were published.

Usage: reference.py FOLDER. The folder has options.json, and the numbers of all parameters and
inputs in values.bin, one after the other as options.json lists them. The probabilities and
what came out of the histories are printed.
"""

import json
import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
options = json.loads((folder / "options.json").read_text())
numbers = np.fromfile(folder / "values.bin", "f4").astype("f8")
v = {}
for entry in options["tensors"]:
    size = int(np.prod(entry["shape"]))
    v[entry["name"]], numbers = numbers[:size].reshape(entry["shape"]), numbers[size:]
reference, architecture = options["reference"], options["architecture"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def dense(x, name):
    return x @ v[name + ".weight"] + v[name + ".bias"]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def prelu(x, name):
    return np.where(x > 0, x, v[name + ".slope"] * x)


def dice(x, name):
    if reference:
        mean = x.mean(0)
        deviation = np.sqrt(((x - mean) ** 2 + 1e-9).mean(0))
    else:
        mean, deviation = v[name + ".mean"], v[name + ".deviation"]
    p = sigmoid((x - mean) / (deviation + 1e-9))
    return v[name + ".slope"] * (1 - p) * x + p * x


def recurrent(xs, length, name, attention=None):
    """One history, step by step, up to its end."""
    hidden = v[name + ".state"].shape[1]
    state, states = np.zeros(hidden), np.zeros((len(xs), hidden))
    # The gates as TensorFlow has them: one matrix over input and state side by side.
    u, r, c = (np.concatenate([v[name + ".input"][i * hidden : (i + 1) * hidden], v[name + ".state"][i * hidden : (i + 1) * hidden]], 1).T for i in range(3))
    bu, br, bc = np.split(v[name + ".bias"], 3)
    for t in range(length):
        both = np.concatenate([xs[t], state])
        reset, update = sigmoid(both @ r + br), sigmoid(both @ u + bu)
        fresh = np.tanh(np.concatenate([xs[t], reset * state]) @ c + bc)
        if attention is not None:
            update = (1 - attention[t]) * update
        state = update * state + (1 - update) * fresh
        states[t] = state
    return states, state


def attend(query, facts, mask):
    q = np.broadcast_to(query[:, None], facts.shape)
    a = np.concatenate([q, facts, q - facts, q * facts], 2)
    a = sigmoid(dense(sigmoid(dense(a, "attention.1")), "attention.2"))
    return softmax(np.where(mask == 1, dense(a, "attention.3")[..., 0], -(2.0**32) + 1))


history, mask, lengths, item = v["history"], v["mask"], v["lengths"].astype(int), v["item"]
total = (history if reference else history * mask[..., None]).sum(1)
known, end = [v["user"], item, total], None
if architecture == "din":
    end = (attend(item, history, mask)[..., None] * history).sum(1)
if architecture == "dien":
    states = np.stack([recurrent(h, n, "gru")[0] for h, n in zip(history, lengths)])
    shares = attend(prelu(dense(item, "query"), "query"), states, mask)
    end = np.stack([recurrent(h, n, "augru", a)[1] for h, n, a in zip(states, lengths, shares)])
if end is not None:
    known += [item * total, end]
x = np.concatenate(known, 1)
x = v["top.norm.scale"] * x / np.sqrt(1.001) + v["top.norm.shift"]
activate = prelu if architecture == "dnn" else dice
x = activate(dense(x, "top.1"), "top.1")
x = activate(dense(x, "top.2"), "top.2")
p = softmax(dense(x, "top.3"))[:, 0] + (1e-8 if reference else 0)
print(json.dumps({"probability": p.tolist(), "end": [] if end is None else end.flatten().tolist()}))
