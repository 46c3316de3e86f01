"""Writes polygons.json beside it: outlines and what pycocotools makes of them.

pip install pycocotools numpy
"""

import json
import math
import os
import random

from pycocotools import mask

HERE = os.path.dirname(os.path.abspath(__file__))
random.seed(20)


def fractions(n, h, w):
    return [random.uniform(-0.2 * s, 1.2 * s) for _ in range(n) for s in (w, h)]


def inside(n, h, w):
    return [round(random.uniform(0, s), 2) for _ in range(n) for s in (w, h)]


def halves(n, h, w):
    return [random.randint(-4, 2 * s + 4) / 2 for _ in range(n) for s in (w, h)]


def tenths(n, h, w):
    return [random.randint(0, 10 * s) / 10 for _ in range(n) for s in (w, h)]


def star(n, h, w):
    out = []
    for i in range(n):
        r = random.uniform(0.1, 0.7)
        a = 2 * math.pi * i / n
        out += [w / 2 + w * r * math.cos(a), h / 2 + h * r * math.sin(a)]
    return out


def far(n, h, w):
    return [random.uniform(-3000, 3000) for _ in range(2 * n)]


def rectangle(n, h, w):
    x0, x1 = sorted(random.randint(0, w) for _ in range(2))
    y0, y1 = sorted(random.randint(0, h) for _ in range(2))
    return [float(v) for v in (x0, y0, x1, y0, x1, y1, x0, y1)]


def repeated(n, h, w):
    out = inside(n, h, w)
    return out[:2] * 3 + out + out[-2:]


def case(h, w, outlines):
    merged = mask.merge(mask.frPyObjects(outlines, h, w))
    return {"height": h, "width": w, "outlines": outlines, "counts": merged["counts"].decode()}


cases = [
    case(4, 5, [[0.0, 0.0, 5.0, 0.0, 5.0, 4.0, 0.0, 4.0]]),
    case(4, 5, [[-10.0, -10.0, 50.0, -10.0, 50.0, 40.0, -10.0, 40.0]]),
    case(4, 5, [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]),
    case(1, 1, [[0.0, 0.0, 1.0, 0.0, 1.0, 1.0]]),
    case(100, 3, [[0.5, 0.5, 2.5, 99.5, 1.5, 20.0]]),
]
shapes = [fractions, inside, halves, tenths, star, far, rectangle, repeated]
for i in range(64):
    h, w = random.randint(1, 60), random.randint(1, 60)
    count = 1 if i % 2 == 0 else random.randint(2, 4)
    shape = shapes[i % len(shapes)]
    cases.append(case(h, w, [shape(random.randint(3, 9), h, w) for _ in range(count)]))
cases.append(case(480, 640, [star(40, 480, 640), fractions(6, 480, 640)]))

with open(os.path.join(HERE, "polygons.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
