"""Trains ResNet-18 for some steps with PyTorch, from given weights, in double precision: in
single, gradients of what shifts a normalisation are off by half a percent there.

Usage: resnet18.py FOLDER. The folder has parameters.json with the names, shapes and kinds of
parameters in their order, values.bin with their numbers, images.bin with bytes as
[batch, height, width, 3], and options.json. Losses and what became of the parameters are
printed, or written to after.bin.
"""

import json
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F

folder = pathlib.Path(sys.argv[1])
options = json.loads((folder / "options.json").read_text())
values = torch.from_numpy(numpy.fromfile(folder / "values.bin", "f4").astype("f8"))
p, trained, at = {}, [], 0
for e in json.loads((folder / "parameters.json").read_text()):
    size = int(numpy.prod(e["shape"]))
    p[e["name"]] = values[at : at + size].reshape(e["shape"]).clone()
    at += size
    if not e["statistic"]:
        trained.append(p[e["name"]].requires_grad_())


def normal(x, name, stride=1, relu=True):
    w = p[name + ".weight"]
    x = F.conv2d(x, w, stride=stride, padding=(w.shape[-1] - 1) // 2)
    n = name + ".norm"
    x = F.batch_norm(x, p[n + ".mean"], p[n + ".variance"], p[n + ".scale"], p[n + ".shift"], training=True)
    return F.relu(x) if relu else x


def network(x):
    if options["tiny"]:
        x = normal(x, "stem")
    else:
        x = F.max_pool2d(normal(x, "stem", 2), 3, 2, 1)
    for stage in range(1, 5):
        for block in range(2):
            stride = 2 if stage > 1 and block == 0 else 1
            name = f"stage{stage}.{block}"
            h = normal(normal(x, name + ".1", stride), name + ".2", relu=False)
            if name + ".shortcut.weight" in p:
                x = normal(x, name + ".shortcut", stride, relu=False)
            x = F.relu(h + x)
    return F.linear(x.mean((2, 3)), p["classifier.weight"], p["classifier.bias"])


images = torch.from_numpy(numpy.fromfile(folder / "images.bin", "u1").reshape(options["images"])).double()
images = ((images - torch.tensor([123.675, 116.28, 103.53], dtype=torch.float64)) / torch.tensor([58.395, 57.12, 57.375], dtype=torch.float64)).permute(0, 3, 1, 2)
classes = torch.tensor(options["classes"])
optimizer = torch.optim.SGD(trained, options["rate"], 0.9)
losses = []
for _ in range(options["steps"]):
    optimizer.zero_grad()
    loss = F.cross_entropy(network(images), classes, label_smoothing=options["smoothing"])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
torch.cat([v.detach().flatten() for v in p.values()]).float().numpy().tofile(folder / "after.bin")
print(json.dumps(losses))
