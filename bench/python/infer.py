"""Evaluate or time a detector with the OpenVINO of this interpreter.

    infer.py evaluate yolo11n|yunet MODEL DATASET LABELS [--queue]
    infer.py benchmark MODEL SECONDS

The last line of the output is a JSON object. The times of evaluate begin when
the modules are imported; the model is loaded and compiled within them.
"""

import argparse
import contextlib
import io
import json
import os
import re
import subprocess
import sys

import cv2
import numpy as np
import openvino as ov

from peer import Stopwatch

SIDE = 640
LEAST_SCORE = 0.001
MOST = 300


def letterbox(picture, grey, middle):
    h, w = picture.shape[:2]
    by = min(SIDE / w, SIDE / h)
    used = round(w * by), round(h * by)
    if used != (w, h):
        picture = cv2.resize(picture, used, interpolation=cv2.INTER_LINEAR)
    left, top = ((SIDE - used[0]) // 2, (SIDE - used[1]) // 2) if middle else (0, 0)
    right, bottom = SIDE - used[0] - left, SIDE - used[1] - top
    picture = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(grey, grey, grey))
    return picture, (by, left, top)


def suppressed(boxes, scores, classes, most_overlap):
    kept = cv2.dnn.NMSBoxesBatched(boxes, scores.astype(np.float32), classes.astype(np.int32), LEAST_SCORE, most_overlap)
    return np.asarray(kept, int)[:MOST]


class YOLO11n:
    colour, scale, overlap = "RGB", 255.0, 0.7

    def load(self, path):
        return letterbox(cv2.imread(path), 114, True)

    def decode(self, outputs):
        out = outputs[0][0].T
        rows, classes = np.nonzero(out[:, 4:] > LEAST_SCORE)
        boxes = out[rows, :4].astype(float)
        boxes[:, :2] -= boxes[:, 2:] / 2
        return boxes, out[rows, classes + 4].astype(float), classes


class YuNet:
    colour, scale, overlap = "BGR", 1.0, 0.3
    names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox") for stride in (8, 16, 32)]

    def load(self, path):
        return letterbox(cv2.imread(path), 0, False)

    def decode(self, outputs):
        boxes, scores = [], []
        for i, stride in enumerate((8, 16, 32)):
            cls, obj, box = (outputs[i + 3 * k][0].astype(float) for k in range(3))
            score = np.sqrt(cls.clip(0, 1) * obj.clip(0, 1))[:, 0]
            n = np.flatnonzero(score > LEAST_SCORE)
            across = SIDE // stride
            at = np.stack([n % across, n // across], 1)
            size = np.exp(box[n, 2:]) * stride
            boxes.append(np.concatenate([(at + box[n, :2]) * stride - size / 2, size], 1))
            scores.append(score[n])
        scores = np.concatenate(scores)
        return np.concatenate(boxes), scores, np.zeros(len(scores), int)


def compiled(model, head, queue):
    core = ov.Core()
    model = core.read_model(model)
    model.reshape({model.input(0): [1, 3, SIDE, SIDE]})
    if queue:
        p = ov.preprocess.PrePostProcessor(model)
        p.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ov.preprocess.ColorFormat.BGR)
        p.input().model().set_layout(ov.Layout("NCHW"))
        steps = p.input().preprocess().convert_element_type(ov.Type.f32)
        if head.colour == "RGB":
            steps.convert_color(ov.preprocess.ColorFormat.RGB)
        if head.scale != 1:
            steps.scale(head.scale)
        model = p.build()
    hint = "THROUGHPUT" if queue else "LATENCY"
    return core.compile_model(model, "CPU", {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": "f32"})


def pixels(picture, head):
    if head.colour == "RGB":
        picture = picture[:, :, ::-1]
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(head.scale)


def evaluate(a):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    head = {"yolo11n": YOLO11n, "yunet": YuNet}[a.name]()
    labels = [line.strip() for line in open(a.labels)]
    watch = Stopwatch()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(os.path.join(a.dataset, "annotations", "instances_train.json"))
    ids = {c["name"]: c["id"] for c in truth.loadCats(truth.getCatIds())}
    category = np.array([ids[name] for name in labels])
    net = compiled(a.model, head, a.queue)
    at = list(range(len(net.outputs)))
    if a.name == "yunet":
        at = [next(i for i, o in enumerate(net.outputs) if name in o.get_names()) for name in head.names]
    sizes = {p["id"]: (p["width"], p["height"]) for p in truth.dataset["images"]}
    found = []

    def keep(outputs, image, geometry):
        boxes, scores, classes = head.decode(outputs)
        if len(boxes) == 0:
            return
        kept = suppressed(boxes, scores, classes, head.overlap)
        by, left, top = geometry
        # What lies outside of the picture is cut off, as those who make YOLO do it.
        corners = (boxes[kept][:, :2] - [left, top]) / by
        ends = np.minimum(corners + boxes[kept][:, 2:] / by, [sizes[image]])
        corners = np.maximum(corners, 0)
        boxes, seen = np.concatenate([corners, ends - corners], 1), (ends > corners).all(1)
        for b, s, c in zip(boxes[seen].tolist(), scores[kept][seen].tolist(), category[classes[kept]][seen].tolist()):
            found.append({"image_id": image, "category_id": c, "bbox": b, "score": s})

    pictures = truth.loadImgs(truth.getImgIds())
    path = os.path.join(a.dataset, "images", "train")
    if a.queue:
        queue = ov.AsyncInferQueue(net)
        queue.set_callback(lambda request, more: keep([request.get_output_tensor(i).data for i in at], *more))
        for p in pictures:
            picture, geometry = head.load(os.path.join(path, p["file_name"]))
            queue.start_async({0: picture[None]}, (p["id"], geometry))
        queue.wait_all()
    else:
        request = net.create_infer_request()
        for p in pictures:
            picture, geometry = head.load(os.path.join(path, p["file_name"]))
            request.infer({0: pixels(picture, head)})
            keep([request.get_output_tensor(i).data for i in at], p["id"], geometry)
    with contextlib.redirect_stdout(io.StringIO()):
        e = COCOeval(truth, truth.loadRes(found), "bbox")
        e.evaluate()
        e.accumulate()
        e.summarize()
    return watch.read() | {"items": len(pictures), "values": {"AP": float(e.stats[0])}}


def benchmark(a):
    # The program's own start line may name a folder that has moved.
    start = "import sys; sys.argv[0] = 'benchmark_app'; from openvino.tools.benchmark.main import main; main()"
    watch = Stopwatch()
    args = ["-m", a.model, "-t", str(a.seconds), "-hint", "throughput", "-infer_precision", "f32", "-d", "CPU"]
    if ov.Core().read_model(a.model).is_dynamic():
        args += ["-shape", f"[1,3,{SIDE},{SIDE}]"]
    text = subprocess.run([sys.executable, "-c", start, *args], check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Throughput:\s*([0-9.]+) FPS", text)
    if not rate:
        raise SystemExit("benchmark_app names no throughput:\n" + text[-2000:])
    return watch.read() | {"values": {"inferences a second": float(rate[1])}}


def arguments():
    p = argparse.ArgumentParser()
    verbs = p.add_subparsers(required=True)
    e = verbs.add_parser("evaluate")
    e.set_defaults(do=evaluate)
    for name in ("name", "model", "dataset", "labels"):
        e.add_argument(name)
    e.add_argument("--queue", action="store_true")
    b = verbs.add_parser("benchmark")
    b.set_defaults(do=benchmark)
    b.add_argument("model")
    b.add_argument("seconds", type=int)
    return p.parse_args()


if __name__ == "__main__":
    a = arguments()
    print(json.dumps(a.do(a)))
