"""Train and run datum's dien with the PyTorch of this interpreter.

    ctr.py step START --threads N --seconds S
    ctr.py predict START --threads N --seconds S --batch B --lengths full|real

The folder START has parameters, tables and a batch, see bench/ctrstart.go. The last line of the output is a JSON
object. Tables have sparse gradients and SparseAdam, all else Adam. What does not need the state of a recurrent layer is
computed for all steps at once. Times are the least of all steps.
"""

import argparse
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

import train
from peer import Stopwatch, least


class Start(train.Start):
    """What is handed over, with tables and rows of clicks."""

    def __init__(self, folder):
        super().__init__(folder)
        width = self.about["embedding"]
        self.tables = {n: torch.from_numpy(np.fromfile(self.folder / (n + ".bin"), "f4").reshape(-1, width)) for n in ("user", "item", "category")}
        self.of = torch.from_numpy(np.fromfile(self.folder / "of.bin", "i4")).long()
        rows, time = self.about["rows"], self.about["time"]
        shapes = {"users": (rows,), "items": (rows,), "lengths": (rows,), "clicked": (rows,), "histories": (rows, time), "negatives": (rows, time)}
        self.real = torch.from_numpy(np.fromfile(self.folder / "real.bin", "i4")).long()
        self.batch = {n: torch.from_numpy(np.fromfile(self.folder / (n + ".bin"), "i4").reshape(s)).long() for n, s in shapes.items()}


class Network:
    def __init__(self, start, training):
        self.training, self.of = training, start.of
        self.v = {k: x.clone() if k in start.statistics or not training else x.clone().requires_grad_() for k, x in start.values.items()}
        self.tables = {k: x.clone().requires_grad_(training) for k, x in start.tables.items()}
        self.statistics = start.statistics

    def dense(self, x, name):
        return F.linear(x, self.v[name + ".weight"].T, self.v[name + ".bias"])

    def prelu(self, x, name):
        return F.prelu(x, self.v[name + ".slope"])

    def dice(self, x, name):
        mean, deviation = self.v[name + ".mean"], self.v[name + ".deviation"]
        if self.training:
            now = x.mean(0), ((x - x.mean(0)) ** 2 + 1e-9).mean(0).sqrt()
            with torch.no_grad():
                mean.lerp_(now[0], 0.02)
                deviation.lerp_(now[1], 0.02)
            mean, deviation = now
        p = torch.sigmoid((x - mean) / (deviation + 1e-9))
        return self.v[name + ".slope"] * (1 - p) * x + p * x

    def scaled(self, x, name):
        return self.v[name + ".scale"] / 1.001**0.5 * x + self.v[name + ".shift"]

    def recurrent(self, xs, name, attention=None):
        hidden = self.v[name + ".state"].shape[1]
        inputs = F.linear(xs, self.v[name + ".input"], self.v[name + ".bias"]).transpose(0, 1)
        gates, fresh = self.v[name + ".state"][: 2 * hidden].T, self.v[name + ".state"][2 * hidden :].T
        if attention is not None:
            attention = (1 - attention).T[..., None]
        state, states = torch.zeros(len(xs), hidden), []
        for t in range(xs.shape[1]):
            x, c = inputs[t].split((2 * hidden, hidden), 1)
            update, reset = torch.sigmoid(torch.addmm(x, state, gates)).chunk(2, 1)
            new = torch.tanh(torch.addmm(c, reset * state, fresh))
            if attention is not None:
                update = attention[t] * update
            state = torch.lerp(new, state, update)
            states.append(state)
        return torch.stack(states, 1)

    def attend(self, query, facts, mask):
        q = query[:, None].expand_as(facts)
        a = torch.cat([q, facts, q - facts, q * facts], 2)
        a = torch.sigmoid(self.dense(torch.sigmoid(self.dense(a, "attention.1")), "attention.2"))
        return torch.softmax(self.dense(a, "attention.3")[..., 0].masked_fill(~mask, -(2.0**32) + 1), 1)

    def share(self, states, following):
        x = self.scaled(torch.cat([states[:, :-1], following[:, 1:]], 2), "auxiliary.norm")
        x = torch.sigmoid(self.dense(torch.sigmoid(self.dense(x, "auxiliary.1")), "auxiliary.2"))
        return torch.softmax(self.dense(x, "auxiliary.3"), 2)[..., 0] + 1e-8

    def look(self, ids):
        rows = lambda table, at: F.embedding(at, self.tables[table], sparse=self.training)
        return torch.cat([rows("item", ids), rows("category", self.of[ids])], -1)

    def forward(self, b):
        mask = torch.arange(b["histories"].shape[1]) < b["lengths"][:, None]
        user = F.embedding(b["users"], self.tables["user"], sparse=self.training)
        item, history = self.look(b["items"]), self.look(b["histories"].clamp(min=0)) * mask[..., None]
        total, states = history.sum(1), self.recurrent(history, "gru")
        shares = self.attend(self.prelu(self.dense(item, "query"), "query"), states, mask)
        end = self.recurrent(states, "augru", shares)[torch.arange(len(mask)), b["lengths"] - 1]
        x = self.scaled(torch.cat([user, item, total, item * total, end], 1), "top.norm")
        x = self.dice(self.dense(self.dice(self.dense(x, "top.1"), "top.1"), "top.2"), "top.2")
        return torch.softmax(self.dense(x, "top.3"), 1), history, states, mask

    def loss(self, b):
        p, history, states, mask = self.forward(b)
        clicked = b["clicked"][:, None].float()
        click = -(torch.log(p + 1e-8) * torch.cat([clicked, 1 - clicked], 1)).mean()
        negative, mask = self.look(b["negatives"].clamp(min=0)), mask[:, 1:].float()
        each = (torch.log(self.share(states, history)) + torch.log(1 - self.share(states, negative))) * mask
        return click - each.sum() / mask.sum()


def times(seconds, do):
    cpu, wall = least(seconds, do)
    return {"CPU ms": cpu * 1e3, "wall ms": wall * 1e3}


def step(a):
    start, watch = Start(a.start), Stopwatch()
    net = Network(start, True)
    dense = torch.optim.Adam([v for k, v in net.v.items() if k not in net.statistics], 1e-3, fused=True)
    sparse = torch.optim.SparseAdam(list(net.tables.values()), 1e-3)

    def once():
        dense.zero_grad(set_to_none=True)
        sparse.zero_grad(set_to_none=True)
        loss = net.loss(start.batch)
        loss.backward()
        dense.step()
        sparse.step()
        return loss.item()

    values = {"parameters": sum(v.numel() for k, v in net.v.items() if k not in net.statistics)}
    for i in range(3):
        values[f"loss {i + 1}"] = once()
    return watch.read() | {"values": values | times(a.seconds, once)}


def predict(a):
    start, watch = Start(a.start), Stopwatch()
    net = Network(start, False)
    rows = len(start.real) if a.lengths == "real" else a.batch
    tiled = {k: v.repeat(math.ceil(rows / len(v)), *[1] * (v.dim() - 1))[:rows] for k, v in start.batch.items()}
    if a.lengths == "real":
        tiled["lengths"] = start.real
    batches = [{k: v[i : i + a.batch] for k, v in tiled.items()} for i in range(0, rows, a.batch)]
    for b in batches:
        b["histories"] = b["histories"][:, : b["lengths"].max()]
    with torch.inference_mode():
        first = net.forward(batches[0])[0][0, 0].item()
        values = times(a.seconds, lambda: [net.forward(b) for b in batches])
    return watch.read() | {"values": {k: v / len(batches) for k, v in values.items()} | {"probability": first}}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=("step", "predict"))
    p.add_argument("start")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seconds", type=float, default=8)
    p.add_argument("--batch", type=int, default=1)
    p.add_argument("--lengths", choices=("full", "real"), default="full")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    print(json.dumps({"step": step, "predict": predict}[a.what](a)))
