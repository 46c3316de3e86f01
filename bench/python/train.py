"""Train with the PyTorch of this interpreter what datum's networks are, layer by layer.

    train.py step START --precision f32|mixed --threads N --seconds S
    train.py twin START --threads N < BATCHES
    train.py digits START DATASET --epochs N --batch N --threads N --precision f32|mixed

The folder START has what a training begins with, see bench/trainstart.go. The last line of the output is a
JSON object. Times of step are the least of all steps, each layout of tensors timed apart: the better counts.
"""

import argparse
import contextlib
import json
import math
import pathlib
import resource
import sys

import numpy as np
import torch
import torch.nn.functional as F

from peer import Stopwatch, least

MEANS = {"half": ([128.0] * 3, [64.0] * 3), "imagenet": ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375])}


class Start:
    """What is handed over: parameters, their numbers, a batch, and choices."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.about = json.loads((self.folder / "start.json").read_text())
        values = np.fromfile(self.folder / "values.bin", "f4")
        self.values, self.decayed, self.statistics, at = {}, set(), set(), 0
        for e in self.about["parameters"]:
            size = math.prod(e["shape"])
            shape = e["shape"] if len(e["shape"]) != 5 else [e["shape"][0] * e["shape"][1], *e["shape"][2:]]
            self.values[e["name"]] = torch.from_numpy(values[at : at + size].reshape(shape).copy())
            at += size
            if e["decay"]:
                self.decayed.add(e["name"])
            if e["statistic"]:
                self.statistics.add(e["name"])
        if at != len(values):
            raise SystemExit(f"{len(values)} numbers for {at}")

    def inputs(self):
        kinds = {"u8": "u1", "f32": "f4", "i32": "i4"}
        return [torch.from_numpy(np.fromfile(self.folder / (i["name"] + ".bin"), kinds[i["element"]]).reshape(i["shape"])) for i in self.about["inputs"]]


class Network:
    """The layers of models/network, over parameters of the same names."""

    def __init__(self, start, layout):
        self.about, self.training, self.layout = start.about, True, layout
        self.p = {}
        for name, v in start.values.items():
            v = v.clone()
            if v.dim() == 4:
                v = v.contiguous(memory_format=layout)
            self.p[name] = v if name in start.statistics else v.requires_grad_()
        self.mean, self.scale = (torch.tensor(v).view(1, 3, 1, 1) for v in MEANS["imagenet" if self.about["architecture"] == "resnet18" else "half"])
        self.build = {"detection-nano": self.nano, "detection-small": self.small, "classification-small": self.classifier, "resnet18": self.resnet18}[self.about["architecture"]]
        strides = (8, 16, 32)
        w, h = self.about["width"], self.about["height"]
        grid = [((torch.arange(w // s) + 0.5) * s, (torch.arange(h // s) + 0.5) * s, s) for s in strides]
        self.px = torch.cat([x.repeat(len(y)) for x, y, _ in grid])
        self.py = torch.cat([y.repeat_interleave(len(x)) for x, y, _ in grid])
        self.strides = torch.cat([torch.full((len(x) * len(y),), float(s)) for x, y, s in grid])

    def normal(self, x, name, stride=1, act="swish"):
        p, w, n = self.p, self.p[name + ".weight"], name + ".norm"
        groups = w.shape[0] if w.shape[1] == 1 and x.shape[1] > 1 else 1
        x = F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2, groups=groups)
        x = F.batch_norm(x, p[n + ".mean"], p[n + ".variance"], p[n + ".scale"], p[n + ".shift"], self.training, 0.1, 1e-5)
        if act == "swish":
            return F.silu(x, inplace=True)
        return F.relu(x, inplace=True) if act == "relu" else x

    def conv(self, x, name):
        return F.conv2d(x, self.p[name + ".weight"], self.p[name + ".bias"])

    def residual(self, x, name):
        return x + self.normal(self.normal(x, name + ".1"), name + ".2")

    def separable(self, x, name, stride=1):
        return self.normal(self.normal(x, name + ".depthwise", stride), name + ".pointwise")

    def inverted(self, x, name, stride):
        h = self.normal(self.normal(x, name + ".expand"), name + ".depthwise", stride)
        h = self.normal(h, name + ".project", act="")
        return x + h if stride == 1 and h.shape[1] == x.shape[1] else h

    def stage(self, x, name, blocks):
        for i in range(blocks):
            x = self.inverted(x, f"{name}.{i}", 1 if i else 2)
        return x

    def pyramid(self, levels):
        out = [None] * len(levels)
        for i in reversed(range(len(levels))):
            name = f"pyramid.{i}"
            out[i] = self.normal(levels[i], name + ".lateral")
            if i < len(levels) - 1:
                out[i] = self.normal(torch.cat([out[i], F.interpolate(out[i + 1], scale_factor=2, mode="nearest")], 1), name + ".merge")
        return out

    def head(self, scores, boxes, name):
        return [self.conv(scores, name + ".scores"), self.conv(boxes, name + ".distances")]

    def nano(self, x):
        x = self.normal(x, "stem", 2)
        x = self.residual(self.normal(x, "stage1.down", 2), "stage1.0")
        fine = self.residual(self.residual(self.normal(x, "stage2.down", 2), "stage2.0"), "stage2.1")
        middle = self.normal(fine, "stage3.down", 2)
        middle = middle + self.separable(middle, "stage3.0")
        coarse = self.separable(middle, "stage4.down", 2)
        coarse = coarse + self.separable(coarse, "stage4.0")
        heads = []
        for i, level in enumerate(self.pyramid([fine, middle, coarse])):
            h = self.normal(level, f"head.{i}.tower")
            heads.append(self.head(h, h, f"head.{i}"))
        return heads

    def small(self, x):
        x = self.stage(self.normal(x, "stem", 2), "stage1", 2)
        fine = self.stage(x, "stage2", 3)
        middle = self.stage(fine, "stage3", 4)
        coarse = self.stage(middle, "stage4", 3)
        heads = []
        for i, level in enumerate(self.pyramid([fine, middle, coarse])):
            n = f"head.{i}"
            s, b = (self.separable(self.separable(level, f"{n}.{k}.0"), f"{n}.{k}.1") for k in ("scores", "boxes"))
            heads.append(self.head(s, b, n))
        return heads

    def classify(self, x):
        return F.linear(x.mean((2, 3)), self.p["classifier.weight"], self.p["classifier.bias"])

    def first(self):
        return 1 if min(self.about["width"], self.about["height"]) <= 64 else 2

    def classifier(self, x):
        x = self.normal(x, "stem", self.first())
        x = self.residual(self.normal(x, "stage1.down", 2), "stage1.0")
        for name, blocks in (("stage2", 2), ("stage3", 3), ("stage4", 2)):
            x = self.stage(x, name, blocks)
        return self.classify(self.normal(x, "last"))

    def resnet18(self, x):
        if self.first() == 1:
            x = self.normal(x, "stem", 1, "relu")
        else:
            x = F.max_pool2d(self.normal(x, "stem", 2, "relu"), 3, 2, 1)
        for i in range(1, 5):
            for j in range(2):
                name, stride = f"stage{i}.{j}", 2 if i > 1 and j == 0 else 1
                h = self.normal(self.normal(x, name + ".1", stride, "relu"), name + ".2", act="")
                if name + ".shortcut.weight" in self.p:
                    x = self.normal(x, name + ".shortcut", stride, "")
                x = F.relu(h + x)
        return self.classify(x)

    def forward(self, images):
        x = images.permute(0, 3, 1, 2).to(torch.float32, memory_format=self.layout)
        return self.build((x - self.mean) / self.scale)

    def loss(self, out, targets):
        if not isinstance(out, list):
            return self.entropy(out.float(), *targets)
        scores = torch.cat([s.flatten(2) for s, _ in out], 2).float()
        distances = torch.cat([d.flatten(2) for _, d in out], 2).float()
        return self.detection(scores, distances, *targets)

    def entropy(self, logits, classes, weights):
        e = self.about["smoothing"]
        smooth = classes * (1 - e) + e / classes.shape[1] if e else classes
        return (F.cross_entropy(logits, smooth, reduction="none") * weights).sum() / weights.sum()

    def detection(self, logits, distances, heatmap, boxes, weights, focus, *_):
        centre = (heatmap >= 0.9999).float()
        p = logits.sigmoid()
        found = F.softplus(-logits) * (1 - p).square() * centre
        missing = F.softplus(logits) * p.square() * (1 - heatmap).square().square()
        things = (centre * focus).sum().clamp(min=1)
        d = F.softplus(distances) * self.strides
        x0, y0, x1, y1 = self.px - d[:, 0], self.py - d[:, 1], self.px + d[:, 2], self.py + d[:, 3]
        u0, v0, u1, v1 = boxes.unbind(1)
        both = (torch.minimum(x1, u1) - torch.maximum(x0, u0)).clamp(min=0) * (torch.minimum(y1, v1) - torch.maximum(y0, v0)).clamp(min=0)
        union = (x1 - x0) * (y1 - y0) + (u1 - u0) * (v1 - v0) - both
        hull = (torch.maximum(x1, u1) - torch.minimum(x0, u0)) * (torch.maximum(y1, v1) - torch.minimum(y0, v0))
        apart = 1 - (both / (union + 1e-6) - (hull - union) / (hull + 1e-6))
        return ((found + missing) * focus).sum() / things + (apart * weights[:, 0]).sum() / things


def optimizer(net, start):
    trained = [(k, v) for k, v in net.p.items() if v.requires_grad]
    o, betas = start.about["optimizer"], (0.9, start.about.get("beta2", 0.999))
    if o == "sgd":
        return torch.optim.SGD([v for _, v in trained], start.about["rate"], 0.9, fused=True)
    if o == "adam":
        return torch.optim.Adam([v for _, v in trained], start.about["rate"], betas, fused=True)
    groups = [{"params": [v for k, v in trained if (k in start.decayed) == decayed], "weight_decay": decay} for decayed, decay in ((True, start.about["decay"]), (False, 0))]
    return torch.optim.AdamW(groups, start.about["rate"], betas, fused=True)


def mixed(on):
    return torch.autocast("cpu", torch.bfloat16) if on else contextlib.nullcontext()


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def train(net, opt, inputs, precision, clip=0):
    opt.zero_grad(set_to_none=True)
    with mixed(precision == "mixed"):
        out = net.forward(inputs[0])
    loss = net.loss(out, inputs[1:])
    loss.backward()
    if clip:
        torch.nn.utils.clip_grad_norm_([v for v in net.p.values() if v.requires_grad], clip)
    opt.step()
    return loss


def step(a):
    torch.set_num_threads(a.threads)
    start = Start(a.start)
    inputs, before, watch = start.inputs(), resident(), Stopwatch()
    values = {"parameters": sum(v.numel() for k, v in start.values.items() if k not in start.statistics)}
    runs = []
    for layout in (torch.contiguous_format, torch.channels_last):
        net = Network(start, layout)
        opt = optimizer(net, start)
        for i in range(3):
            loss = train(net, opt, inputs, a.precision).item()
            values.setdefault(f"loss {i + 1}", loss)
        runs.append(least(a.seconds / 2, lambda: train(net, opt, inputs, a.precision).item()))
        if layout == torch.contiguous_format:
            values["memory MB"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before) / 1e6
    values["channels last CPU ms"], values["channels first CPU ms"] = runs[1][0] * 1e3, runs[0][0] * 1e3
    values["CPU ms"], values["wall ms"] = min(r[0] for r in runs) * 1e3, min(r[1] for r in runs) * 1e3
    return watch.read() | {"values": values}


def twin(a):
    """Train with the batches that come through the standard input, and keep the running mean of all values."""
    torch.set_num_threads(a.threads)
    start, watch = Start(a.start), Stopwatch()
    net = Network(start, torch.channels_last)
    opt, about = optimizer(net, start), start.about
    mean = {k: v.detach().clone() for k, v in net.p.items()}
    kinds = {"u8": torch.uint8, "f32": torch.float32, "i32": torch.int32}
    shapes = [(kinds[i["element"]], i["shape"]) for i in about["inputs"]]
    losses = []
    for n, rate in enumerate(about["rates"], 1):
        inputs = []
        for kind, shape in shapes:
            size = math.prod(shape) * torch.empty(0, dtype=kind).element_size()
            data = bytearray(sys.stdin.buffer.read(size))
            if len(data) != size:
                raise SystemExit(f"batch {n} is not whole")
            inputs.append(torch.frombuffer(data, dtype=kind).view(shape))
        for g in opt.param_groups:
            g["lr"] = rate
        losses.append(train(net, opt, inputs, a.precision, about["clip"]).item())
        keep = min(about["average"], (1 + n) / (10 + n))
        with torch.no_grad():
            for k, v in net.p.items():
                mean[k].lerp_(v, 1 - keep)
    with open(start.folder / "after.bin", "wb") as f:
        for e in about["parameters"]:
            f.write(mean[e["name"]].contiguous().numpy().tobytes())
    last = losses[-min(50, len(losses)) :]
    return {"loss 1": losses[0], "last loss": sum(last) / len(last), "PyTorch's CPU s": watch.read()["cpu"]}


def digits_of(folder):
    from PIL import Image

    pixels, labels = [], []
    for digit in range(10):
        for path in sorted((folder / str(digit)).iterdir()):
            pixels.append(np.asarray(Image.open(path).convert("RGB")))
            labels.append(digit)
    return torch.from_numpy(np.stack(pixels)), torch.tensor(labels)


def scaled(x, generator, by):
    """Each picture in another size at another place, as the template's augmentation."""
    n, side = len(x), x.shape[1]
    s = 1 + (torch.rand(n, generator=generator) * 2 - 1) * by
    at = (torch.rand(n, 2, generator=generator) * 2 - 1) * (s - 1).abs()[:, None]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / s
    theta[:, :, 2] = at / s[:, None]
    grid = F.affine_grid(theta, [n, 3, side, side], align_corners=False)
    return F.grid_sample(x.permute(0, 3, 1, 2).float(), grid, align_corners=False).round().permute(0, 2, 3, 1)


def digits(a):
    watch = Stopwatch()
    torch.set_num_threads(a.threads)
    start = Start(a.start)
    net = Network(start, torch.channels_last)
    opt = optimizer(net, start)
    random = torch.Generator().manual_seed(1)
    (x, y), (tx, ty) = digits_of(pathlib.Path(a.dataset) / "train"), digits_of(pathlib.Path(a.dataset) / "test")
    each = len(x) // a.batch
    steps, warm, peak, last = a.epochs * each, round(a.warmup * each), start.about["rate"], 0.01
    n, accuracy = 0, 0.0
    for _ in range(a.epochs):
        net.training = True
        for at in torch.randperm(len(x), generator=random)[: each * a.batch].view(each, a.batch):
            part = max(0, n - warm) / max(1, steps - warm)
            rate = peak * (n + 1) / warm if n < warm else peak * (last + (1 - last) * (1 + math.cos(math.pi * part)) / 2)
            for g in opt.param_groups:
                g["lr"] = rate
            train(net, opt, [scaled(x[at], random, 0.1), F.one_hot(y[at], 10).float(), torch.ones(a.batch)], a.precision)
            n += 1
        net.training = False
        with torch.no_grad(), mixed(a.precision == "mixed"):
            right = sum((net.forward(p).argmax(1) == q).sum().item() for p, q in zip(tx.split(250), ty.split(250)))
        accuracy = right / len(ty)
    return watch.read() | {"items": len(x), "values": {"accuracy": accuracy}}


def arguments():
    p = argparse.ArgumentParser()
    verbs = p.add_subparsers(required=True)
    s = verbs.add_parser("step")
    s.set_defaults(do=step)
    s.add_argument("start")
    s.add_argument("--seconds", type=float, default=8)
    d = verbs.add_parser("digits")
    d.set_defaults(do=digits)
    d.add_argument("start")
    d.add_argument("dataset")
    d.add_argument("--epochs", type=int, default=3)
    d.add_argument("--batch", type=int, default=64)
    d.add_argument("--warmup", type=float, default=0.2, help="in epochs")
    t = verbs.add_parser("twin")
    t.set_defaults(do=twin)
    t.add_argument("start")
    for v in (s, d, t):
        v.add_argument("--precision", choices=("f32", "mixed"), default="f32")
        v.add_argument("--threads", type=int, default=1)
    return p.parse_args()


if __name__ == "__main__":
    a = arguments()
    print(json.dumps(a.do(a)))
