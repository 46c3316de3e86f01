"""Let torch.optim take steps along given gradients.

    optim.py FILE     [[the weights after each step, one parameter after the other], ...]

FILE is JSON: {"optimizer": "SGD", "options": {...}, "weights": [[...], ...], "decay":
[true, ...], "weight_decay": w, "clip": c, "average": a, "gradients": [[[...], ...], ...]}.
Where there is an average, it is that which is printed.
"""

import json
import sys

import torch


def main(args):
    with open(args[0]) as f:
        task = json.load(f)
    weights = [torch.nn.Parameter(torch.tensor(w, dtype=torch.float32)) for w in task["weights"]]
    decays = [task["weight_decay"] if d else 0.0 for d in task["decay"]]
    groups = [{"params": [w], "weight_decay": d} for w, d in zip(weights, decays)]
    step = getattr(torch.optim, task["optimizer"])(groups, **task["options"])
    mean = [w.detach().clone() for w in weights]
    after = []
    for n, gradients in enumerate(task["gradients"], 1):
        for w, g in zip(weights, gradients):
            w.grad = torch.tensor(g, dtype=torch.float32)
        if task["clip"]:
            torch.nn.utils.clip_grad_norm_(weights, task["clip"])
        for group in step.param_groups:
            group["lr"] = task["rates"][n - 1]
        step.step()
        if task["average"]:
            keep = min(task["average"], (1 + n) / (10 + n))
            mean = [keep * m + (1 - keep) * w.detach() for m, w in zip(mean, weights)]
        shown = mean if task["average"] else weights
        after.append([x for w in shown for x in w.detach().tolist()])
    json.dump(after, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
