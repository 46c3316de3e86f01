#!/usr/bin/env python3
"""Make outputs of detectors, and decode them with numpy, independently of datum.

Usage: decode.py OUT [given]

OUT gets cases.json, a list of cases, and the outputs as files of float32. They
are random, of every family of heads; with "given" they are what trained models
put out for the pixels that OUT has, with given.json.
"""

import json
import pathlib
import sys

import numpy as np


def iou(a, b):
    wh = np.minimum(a[None, 2:], b[:, 2:]) - np.maximum(a[None, :2], b[:, :2])
    inter = wh.clip(0).prod(1)
    return inter / ((a[2:] - a[:2]).prod() + (b[:, 2:] - b[:, :2]).prod(1) - inter)


def nms(boxes, scores, classes, threshold, limit=300):
    """Suppress within each class; return rows, the best score first."""
    keep = []
    for c in np.unique(classes):
        rows = np.flatnonzero(classes == c)
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        while len(rows):
            keep.append(rows[0])
            rows = rows[1:]
            if len(rows):
                rows = rows[iou(boxes[keep[-1]], boxes[rows]) <= threshold]
    keep = np.array(keep, int)
    return keep[np.argsort(-scores[keep], kind="stable")][:limit]


def corners(b):
    return np.concatenate([b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2], 1)


def softmax(x):
    e = np.exp(x.astype(float) - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def many(scores, threshold):
    """Every class of a row that scores high enough."""
    rows, classes = np.nonzero(scores > threshold)
    return rows, classes, scores[rows, classes]


def one(scores, threshold):
    """The best class of a row."""
    classes = scores.argmax(1)
    top = scores[np.arange(len(scores)), classes]
    rows = np.flatnonzero(top > threshold)
    return rows, classes[rows], top[rows]


def ordered(boxes, classes, scores, limit=300):
    o = np.argsort(-scores, kind="stable")[:limit]
    return boxes[o], classes[o], scores[o]


def suppressed(boxes, classes, scores, threshold):
    k = nms(boxes, scores, classes, threshold)
    return boxes[k], classes[k], scores[k]


def ssd(o, size, t):
    r = o[0][0, 0]
    ends = np.flatnonzero(r[:, 0] < 0)
    r = r[: ends[0]] if len(ends) else r
    r = r[r[:, 2] > t]
    return ordered(r[:, 3:] * np.array(size * 2), r[:, 1].astype(int), r[:, 2])


def tfod(o, size, t):
    boxes, classes, scores, num = o
    n = int(num[0])
    b = boxes[0, :n][:, [1, 0, 3, 2]] * np.array(size * 2)
    k = scores[0, :n] > t
    return ordered(b[k], classes[0, :n][k].astype(int), scores[0, :n][k])


def labelled(o, size, t):
    boxes, labels = o[0].reshape(-1, o[0].shape[-1]), o[1].reshape(-1)
    scores = boxes[:, 4] if len(o) == 2 else o[2].reshape(-1)
    k = scores > t
    return ordered(boxes[k, :4], labels[k].astype(int), scores[k])


def yolov5(o, size, t, pick=one):
    r = o[0][0].astype(float)
    r = r[r[:, 4] > t]
    rows, classes, scores = pick(r[:, 5:] * r[:, 4:5], t)
    return suppressed(corners(r[rows, :4]), classes, scores, 0.45)


def yolov8(o, size, t, pick=one):
    r = o[0][0].T.astype(float)
    rows, classes, scores = pick(r[:, 4:], t)
    return suppressed(corners(r[rows, :4]), classes, scores, 0.7)


def end_to_end(o, size, t):
    r = o[0][0]
    r = r[r[:, 4] > t]
    return ordered(r[:, :4], r[:, 5].astype(int), r[:, 4])


def detr(o, size, t):
    rows, classes, scores = one(softmax(o[0][0])[:, :-1].astype("f4"), t)
    return ordered(corners(o[1][0].astype(float))[rows] * np.array(size * 2), classes, scores)


def rtdetr(o, size, t):
    rows, classes, scores = many((1 / (1 + np.exp(-o[0][0].astype(float)))).astype("f4"), t)
    return ordered(corners(o[1][0].astype(float))[rows] * np.array(size * 2), classes, scores)


def rtdetr_in_one(o, size, t):
    rows, classes, scores = one(o[0][0, :, 4:], t)
    return ordered(corners(o[0][0, :, :4].astype(float))[rows] * np.array(size * 2), classes, scores)


def centernet(form):
    def decode(o, size, t):
        heat, rest = o[0][0], [x[0].astype(float) for x in o[1:]]
        _, h, w = heat.shape
        padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
        around = np.max([padded[:, y : y + h, x : x + w] for y in range(3) for x in range(3)], 0)
        classes, ys, xs = np.nonzero((heat >= around) & (heat > t))
        sx, sy = size[0] / w, size[1] / h
        if form == "boxes":
            b = rest[0][:, ys, xs].T
        elif form == "ltrb":
            d = rest[0][:, ys, xs].T * [-1, -1, 1, 1]
            b = d + np.stack([(xs + 0.5) * sx, (ys + 0.5) * sy] * 2, 1)
        else:
            at = np.stack([xs, ys], 1) + rest[1][:, ys, xs].T
            b = corners(np.concatenate([at, rest[0][:, ys, xs].T], 1)) * [sx, sy, sx, sy]
        # The same order among equals as row by row within a class.
        return ordered(b, classes, heat[classes, ys, xs])

    return decode


def yunet(o, size, t):
    boxes, scores, points = [], [], []
    for i, s in enumerate((8, 16, 32)):
        cls, obj, box, kps = (o[i + 3 * k][0].astype(float) for k in range(4))
        w = size[0] // s
        n = np.arange(len(cls))
        at = np.stack([n % w, n // w], 1)
        b = np.concatenate([(at + box[:, :2]) * s, np.exp(box[:, 2:]) * s], 1)
        boxes.append(corners(b))
        scores.append(np.sqrt(cls.clip(0, 1) * obj.clip(0, 1))[:, 0])
        points.append((np.tile(at, 5) + kps) * s)
    boxes, scores, points = np.concatenate(boxes), np.concatenate(scores), np.concatenate(points)
    k = np.flatnonzero(scores > t)
    k = k[nms(boxes[k], scores[k], np.zeros(len(k), int), 0.3)]
    return boxes[k], np.zeros(len(k), int), scores[k], points[k]


def picodet(o, size, t):
    boxes, classes, scores = [], [], []
    levels = len(o) // 2
    for i in range(levels):
        s = 8 << i
        w = -(-size[0] // s)
        score, dist = o[i][0], softmax(o[i + levels][0].reshape(-1, 4, o[i + levels].shape[-1] // 4))
        n = np.arange(len(score))
        centre = np.tile(np.stack([n % w + 0.5, n // w + 0.5], 1) * s, 2)
        b = centre + (dist * np.arange(dist.shape[-1])).sum(-1) * s * [-1, -1, 1, 1]
        rows, c, v = many(score, t)
        boxes.append(b[rows])
        classes.append(c)
        scores.append(v)
    return suppressed(np.concatenate(boxes), np.concatenate(classes), np.concatenate(scores), 0.5)


class Cases:
    def __init__(self, out):
        self.out, self.list = pathlib.Path(out), []

    def add(self, name, head, ports, outputs, decode, size, source, resize="stretch", threshold=0.25, multi=False, **more):
        """Decode outputs, bring the boxes into the picture, and note the case."""
        found = decode(outputs, size, threshold)
        boxes, classes, scores = (np.asarray(a, float) for a in found[:3])
        if resize == "stretch":
            scale, offset = np.array([size[0] / source[0], size[1] / source[1]]), np.zeros(2)
        else:
            r = min(size[0] / source[0], size[1] / source[1])
            used = np.round(np.array(source) * r)
            scale = np.array([r, r])
            offset = np.zeros(2) if resize == "letterbox-corner" else np.floor((np.array(size) - used) / 2)
        boxes = ((boxes.reshape(-1, 2, 2) - offset) / scale).clip(0, source)
        points = [(p.reshape(-1, 2) - offset) / scale for p in found[3]] if len(found) > 3 else None
        want = []
        for i, (b, c, v) in enumerate(zip(boxes, classes, scores)):
            (x1, y1), (x2, y2) = b
            if x2 > x1 and y2 > y1:
                want.append({"class": int(c), "score": v, "box": [x1, y1, x2 - x1, y2 - y1],
                             "points": points[i].reshape(-1).tolist() if points else None})
        files = []
        for i, o in enumerate(outputs):
            files.append(f"{len(self.list)}-{i}.f32")
            np.ascontiguousarray(o, "f4").tofile(self.out / files[-1])
        self.list.append({
            "name": name, "head": head,
            "outputs": [{"names": p, "shape": list(o.shape), "file": f} for p, o, f in zip(ports, outputs, files)],
            "size": size, "source": source, "scale": scale.tolist(), "offset": offset.tolist(),
            "threshold": threshold, "multi": multi, "want": want, **more,
        })

    def write(self):
        (self.out / "cases.json").write_text(json.dumps(self.list))


def random_boxes(r, n, size):
    c = r.uniform(0, 1, (n, 2)) * size
    return np.concatenate([c, r.uniform(0.05, 0.4, (n, 2)) * size], 1)


def made_up(cases):
    r = np.random.default_rng(20)
    size, source = (320, 256), (500, 375)
    f = lambda a: np.asarray(a, "f4")
    c = random_boxes(r, 60, size)
    fractions = corners(c / np.array(size * 2))
    rows = np.concatenate([np.zeros((60, 1)), r.integers(1, 5, (60, 1)), r.uniform(0, 1, (60, 1)), fractions], 1)
    rows[50:, 0] = -1
    cases.add("DetectionOutput", "ssd", [["detection_out"]], [f(rows[None, None])], ssd, size, source)
    cases.add("TensorFlow", "tfod", [["detection_boxes:0"], ["add:0", "detection_classes:0"], ["detection_scores:0"], ["num_detections:0"]],
              [f(fractions[None][..., [1, 0, 3, 2]]), f(rows[None, :, 1]), f(rows[None, :, 2]), f([40])], tfod, size, source)
    pixels = corners(c)
    cases.add("OTX", "boxes", [["boxes"], ["labels"]], [f(np.concatenate([pixels, rows[:, 2:3]], 1)[None]), f(rows[None, :, 1])], labelled, size, source)
    cases.add("torchvision", "boxes", [["boxes"], ["labels"], ["scores"]], [f(pixels), f(rows[:, 1]), f(rows[:, 2])], labelled, size, source)
    n = 3 * sum((320 // s) * (256 // s) for s in (8, 16, 32))
    v5 = np.concatenate([random_boxes(r, n, size), r.uniform(0, 1, (n, 1)) ** 9, r.uniform(0, 1, (n, 12)) ** 2], 1)
    for multi in (False, True):
        pick = many if multi else one
        cases.add(f"YOLOv5 {multi}", "yolov5", [["output0"]], [f(v5[None])], lambda *a: yolov5(*a, pick), size, source, "letterbox", multi=multi)
        v8 = np.concatenate([v5[: n // 3, :4], v5[: n // 3, 5:] ** 9], 1).T
        cases.add(f"YOLOv8 {multi}", "yolov8", [["output0"]], [f(v8[None])], lambda *a: yolov8(*a, pick), size, source, "letterbox", multi=multi)
    e2e = np.concatenate([pixels, rows[:, 2:3], rows[:, 1:2]], 1)
    cases.add("YOLOv10", "yolo-e2e", [["output0"]], [f(e2e[None])], end_to_end, size, source, "letterbox")
    for queries, head, decode in ((100, "detr", detr), (300, "rtdetr", rtdetr)):
        b, l = random_boxes(r, queries, (1, 1)), r.normal(-3, 3, (queries, 9))
        cases.add(head, head, [["logits"], ["pred_boxes"]], [f(l[None]), f(b[None])], decode, size, source)
    b = np.concatenate([random_boxes(r, 300, (1, 1)), r.uniform(0, 1, (300, 7)) ** 9], 1)
    cases.add("RT-DETR in one output", "rtdetr", [["output0"]], [f(b[None])], rtdetr_in_one, size, source)
    heat = r.uniform(0, 1, (1, 3, 32, 40)) ** 3
    for form, rest in (("boxes", [r.uniform(0, 256, (1, 4, 32, 40))]), ("ltrb", [r.uniform(1, 60, (1, 4, 32, 40))]),
                       ("wh", [r.uniform(1, 9, (1, 2, 32, 40)), r.uniform(0, 1, (1, 2, 32, 40))])):
        cases.add(f"CenterNet {form}", "centernet", [["heatmap"], [form], ["reg"]][: 1 + len(rest)], [f(heat)] + [f(x) for x in rest],
                  centernet(form), size, source)
    out = []
    for width in (1, 1, 4, 10):
        for s in (8, 16, 32):
            shape = (1, (320 // s) * (256 // s), width)
            out.append(f(r.uniform(-0.2, 1.2, shape) ** (5 if width == 1 else 1)))
    cases.add("faces", "yunet", YUNET, out, yunet, size, source, "letterbox-corner", threshold=0.5)
    grids = [(-(-320 // s)) * (-(-256 // s)) for s in (8, 16, 32, 64)]
    out = [f(r.uniform(0, 1, (1, n, 5)) ** 30) for n in grids] + [f(r.normal(0, 2, (1, n, 32))) for n in grids]
    cases.add("layout", "picodet", [[f"t{i}"] for i in range(8)], out, picodet, size, source)


YUNET = [[f"{kind}_{s}"] for kind in ("cls", "obj", "bbox", "kps") for s in (8, 16, 32)]


def given(cases):
    """Run models on pixels that datum made, with OpenVINO's preprocessing."""
    import openvino as ov
    from openvino.preprocess import ColorFormat, PrePostProcessor

    core = ov.Core()
    mean, scale = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
    # the layout of the model, BGR, mean and scale, how it is decoded, and from which score on
    kinds = {
        "ssd": ("NHWC", False, None, None, tfod, 0.25),
        "yolo11n.onnx": ("NCHW", False, None, [255.0] * 3, lambda *a: yolov8(*a, many), 0.001),
        "yunet.onnx": ("NCHW", True, None, None, yunet, 0.5),
        "picodet_layout.onnx": ("NCHW", True, mean, scale, picodet, 0.1),
    }
    for c in json.loads((cases.out / "given.json").read_text()):
        w, h = c["size"]
        layout, bgr, mean, scale, decode, threshold = kinds[c["kind"]]
        m = core.read_model(c["model"])
        m.reshape([1, 3, h, w] if layout == "NCHW" else [1, h, w, 3])
        p = PrePostProcessor(m)
        p.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.RGB)
        p.input().model().set_layout(ov.Layout(layout))
        steps = p.input().preprocess()
        if bgr:
            steps.convert_color(ColorFormat.BGR)
        if scale:
            steps.convert_element_type(ov.Type.f32)
            if mean:
                steps.mean(mean)
            steps.scale(scale)
        compiled = core.compile_model(p.build(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        out = [np.array(v) for v in compiled(np.fromfile(cases.out / c["pixels"], np.uint8).reshape(1, h, w, 3)).values()]
        cases.add(c["name"], "", [sorted(p.get_names()) for p in compiled.outputs], out, decode, (w, h), c["source"], c["resize"], threshold)


def main():
    cases = Cases(sys.argv[1])
    if sys.argv[2:] == ["given"]:
        given(cases)
    else:
        made_up(cases)
    cases.write()


main()
