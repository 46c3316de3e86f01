"""Evaluate detections with pycocotools, and by the rules of VOC with numpy.

    evaluate.py [--no-voc] FILE ...    one JSON object for each file, one a line

A file is {"categories": n, "images": [{"truths": [[category, x, y, w, h, area, crowd, difficult], ...],
"detections": [[category, x, y, w, h, score], ...]}, ...]}.

The answer is {"numbers": the twelve, "categories": the twelve of each category, "curves": the precisions at overlap 0.5
and all recalls of each category, "voc2007": [mean, of each ...], "voc2010": the same, "seconds": what pycocotools took,
"kilobytes": the most memory}.
"""

import contextlib
import json
import resource
import sys
import time

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def datasets(data):
    truth = {
        "info": {},
        "images": [{"id": i} for i in range(len(data["images"]))],
        "categories": [{"id": c, "name": str(c)} for c in range(data["categories"])],
        "annotations": [],
    }
    results = []
    for number, image in enumerate(data["images"]):
        for category, x, y, w, h, area, crowd, _ in image["truths"]:
            # An annotation of number 0 would not count as hit.
            truth["annotations"].append({
                "id": len(truth["annotations"]) + 1, "image_id": number, "category_id": category,
                "bbox": [x, y, w, h], "area": area, "iscrowd": crowd,
            })
        for category, x, y, w, h, score in image["detections"]:
            results.append({"image_id": number, "category_id": category, "bbox": [x, y, w, h], "score": score})
    return truth, results


def numbers(evaluation, category=None):
    """The twelve numbers, of one category or of all."""
    pick = slice(None) if category is None else slice(category, category + 1)
    precision = evaluation.eval["precision"][:, :, pick]
    recall = evaluation.eval["recall"][:, pick]

    def mean(a):
        a = a[a > -1]
        return float(a.mean()) if a.size else -1.0

    p = [mean(precision[..., 0, 2]), mean(precision[0, ..., 0, 2]), mean(precision[5, ..., 0, 2])]
    p += [mean(precision[..., size, 2]) for size in (1, 2, 3)]
    r = [mean(recall[..., 0, most]) for most in (0, 1, 2)]
    return p + r + [mean(recall[..., size, 2]) for size in (1, 2, 3)]


def coco(data):
    truth, results = datasets(data)
    with contextlib.redirect_stdout(sys.stderr):
        gt = COCO()
        gt.dataset = truth
        gt.createIndex()
        began = time.process_time()
        evaluation = COCOeval(gt, gt.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        seconds = time.process_time() - began
    count = data["categories"]
    return {
        "numbers": [float(v) for v in evaluation.stats],
        "categories": [numbers(evaluation, c) for c in range(count)],
        "curves": evaluation.eval["precision"][0, :, :, 0, 2].T.tolist(),
        "scores": evaluation.eval["scores"][0, :, :, 0, 2].T.tolist(),
        "seconds": seconds,
        "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def voc_hits(data, category):
    """By VOCevaldet.m: for each detection of the category, best first, +1 for a hit, -1 for a miss, 0 for neither."""
    boxes, scores, images, wanted = [], [], [], 0
    truths = []
    for number, image in enumerate(data["images"]):
        t = [r for r in image["truths"] if r[0] == category]
        corners = np.array([[x, y, x + w, y + h] for _, x, y, w, h, *_ in t]).reshape(-1, 4)
        difficult = np.array([bool(r[6] or r[7]) for r in t], dtype=bool)
        wanted += int((~difficult).sum())
        truths.append((corners, difficult, np.zeros(len(t), dtype=bool)))
        for _, x, y, w, h, score in (r for r in image["detections"] if r[0] == category):
            boxes.append([x, y, x + w, y + h])
            scores.append(score)
            images.append(number)
    marks = []
    for i in np.argsort(-np.array(scores), kind="stable"):
        corners, difficult, found = truths[images[i]]
        mark = -1
        if len(corners):
            box = np.array(boxes[i])
            shared = np.minimum(corners[:, 2:], box[2:]) - np.maximum(corners[:, :2], box[:2]) + 1
            both = np.where((shared > 0).all(axis=1), shared[:, 0] * shared[:, 1], 0.0)
            sizes = np.prod(corners[:, 2:] - corners[:, :2] + 1, axis=1)
            overlap = both / (np.prod(box[2:] - box[:2] + 1) + sizes - both)
            best = int(overlap.argmax())
            if overlap[best] >= 0.5:
                if difficult[best]:
                    mark = 0
                elif not found[best]:
                    found[best] = True
                    mark = 1
        marks.append(mark)
    return np.array(marks, dtype=int), wanted


def voc(data):
    """By VOCap.m of 2010, and the eleven points of 2007."""
    eleven, area = [], []
    for category in range(data["categories"]):
        marks, wanted = voc_hits(data, category)
        if wanted == 0:
            eleven.append(-1.0)
            area.append(-1.0)
            continue
        hits, misses = np.cumsum(marks == 1), np.cumsum(marks == -1)
        precision = hits / np.maximum(hits + misses, 1)
        points = [precision[10 * hits >= tenths * wanted] for tenths in range(11)]
        eleven.append(sum(float(p.max()) if p.size else 0.0 for p in points) / 11)
        recall = np.concatenate([[0], hits / wanted, [1]])
        envelope = np.maximum.accumulate(np.concatenate([[0], precision, [0]])[::-1])[::-1]
        area.append(float(((recall[1:] - recall[:-1]) * envelope[1:]).sum()))

    def mean(values):
        values = [v for v in values if v >= 0]
        return sum(values) / len(values) if values else -1.0

    return {"voc2007": [mean(eleven), *eleven], "voc2010": [mean(area), *area]}


def main(args):
    for path in args:
        if path == "--no-voc":
            continue
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        answer = coco(data)
        if "--no-voc" not in args:
            answer |= voc(data)
        print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
