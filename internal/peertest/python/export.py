"""Make a dataset in memory with the Datumaro of this interpreter and export it.

    export.py KIND OUT [--format F] [--key KEY] [--save-media] [--plain-media]

KIND is image, point_cloud, video or video_frame. What was in memory is printed
in the form of dump.py. OUT must not exist; the media are made beside it.
"""

import argparse
import math
import os
import sys

import cv2
import numpy as np
from datumaro.components import annotation as ann
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image, PointCloud, Video, VideoFrame
from pycocotools import mask as coco_mask

import dump


def image_file(folder, name, value=0):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    y, x = np.mgrid[0:48, 0:64]
    cv2.imwrite(path, np.stack([x * 4, y * 5, (x * y + value) % 256], axis=2).astype(np.uint8))
    return path


def video_file(folder, name):
    path = os.path.join(folder, name)
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
    for i in range(6):
        writer.write(np.full((48, 64, 3), i * 40, np.uint8))
    writer.release()
    return path


def categories():
    labels = ann.LabelCategories(attributes={"occluded", "age"})
    labels.add("cat")
    labels.add("dog", parent="animal", attributes={"b", "a"})
    labels.add("κύων / \"x\"")
    labels.add_label_group("pets", ["dog", "cat"], ann.GroupType.EXCLUSIVE)
    points = ann.PointsCategories()
    points.add(0, ["nose", "tail"], {(1, 2)}, [0, 0.5, 1, 1])
    masks = ann.MaskCategories({0: (255, 254, 3), 1: (2, 3, 4)})
    return {ann.AnnotationType.label: labels, ann.AnnotationType.points: points, ann.AnnotationType.mask: masks}


ATTRIBUTES = {
    "b": True, "i": -7, "f": 0.1, "whole": 1.0, "s": 'ünï "q" \\ \n\u2028<>&', "n": None, "l": [1, "a", 2.5, None, [True]],
    "d": {"k": {"z": 1}}, "big": 2**64 - 1, "low": -(2**63), "e": 1e-9, "E": 1e22, "empty": "", "zero": -0.0,
}  # fmt: skip


def shapes():
    rich = dict(id=2**40, group=-5, object_id=7, attributes=ATTRIBUTES)
    return [
        ann.Label(1),
        ann.Label(2, **rich),
        ann.Bbox(1.5, 2.25, 3.125, 4.0625, label=1, z_order=-7, id=5, group=6, attributes={"occluded": True}),
        ann.Bbox(-10.55, 0, 100, 99999.995, label=None),
        ann.Bbox(17.2, 10.33, 1.005, 1 / 3, label=0),
        ann.Polygon([0, 0, 10, 0, 10.005, 10, 0.015, 7.7], label=0, z_order=2),
        ann.Polygon([1e6 / 3, 2, 3, 4, 5, 1e-7], label=2, **rich),
        ann.PolyLine([1.1, 2.2, 3.3, 4.4], label=1),
        ann.PolyLine([]),
        ann.Points([1, 2, 3, 4, 5.555, 6], [0, 1, 2], label=0, id=11),
        ann.Points([], [], label=1),
        ann.Ellipse(1.11, 2.22, 33.3, 4.44, label=2, z_order=3),
        ann.Caption("日本語 \x00 😀"),
        ann.Caption("", **rich),
    ]


def masks():
    m = np.zeros((48, 64), bool)
    m[3:9, 10:31] = True
    return [
        ann.Mask(m, label=1, z_order=4),
        ann.Mask(np.zeros((48, 64), bool), label=0),
        ann.RleMask(coco_mask.encode(np.asfortranarray(m[::-1].astype(np.uint8))), label=2, id=3),
    ]


def cuboids():
    out = [
        ann.Cuboid3d([1, 2, 3], [0.123, 0, -math.pi], [4, 5, 1 / 3], label=0, id=1),
        ann.Cuboid3d([-1e4 / 3, 2, 3.005], [0, 0, 0], [4, 5, 6], label=1, attributes=ATTRIBUTES),
    ]
    if hasattr(ann, "Cuboid2D"):
        corners = [(1.5, 2), (3, 4), (5, 6), (7, 8.25), (9, 10), (11, 12), (13, 14), (15, 16.5)]
        out.append(ann.Cuboid2D(corners, label=1, z_order=5, id=9))
    return out


def image_items(folder):
    yield DatasetItem("a", subset="train", media=Image.from_file(path=image_file(folder, "a.jpg")), attributes={"id": 7}, annotations=shapes())
    yield DatasetItem("b/c.d e", subset="train", media=Image.from_file(path=image_file(folder, "b/c.d e.png", 9)), annotations=masks())
    yield DatasetItem("c", subset="train", media=Image.from_file(path=image_file(folder, "c.png", 3), size=(48, 64)), annotations=cuboids())
    yield DatasetItem("ünï", subset="val", media=Image.from_file(path=image_file(folder, "ünï.bmp", 5)), attributes=ATTRIBUTES)
    yield DatasetItem("a", subset="val", media=Image.from_file(path=image_file(folder, "val/a.jpg", 7)), annotations=[ann.Label(0)])


def point_cloud_items(folder):
    path = os.path.join(folder, "1.pcd")
    with open(path, "wb") as f:
        f.write(b"# .PCD v.7\nVERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n1 2 3\n")
    extra = [Image.from_file(path=image_file(folder, f"extra{i}.png", i)) for i in range(2)]
    yield DatasetItem("one", subset="train", media=PointCloud.from_file(path=path, extra_images=extra), attributes={"frame": 0}, annotations=cuboids()[:2])
    yield DatasetItem("two", subset="train", media=PointCloud.from_file(path=path))


def video_items(folder):
    path = video_file(folder, "clip.avi")
    yield DatasetItem("full", subset="train", media=Video(path), annotations=[ann.Label(0)])
    yield DatasetItem("part", subset="train", media=Video(path, step=2, start_frame=1, end_frame=4))


def video_frame_items(folder):
    video = Video(video_file(folder, "clip.avi"))
    for i in (0, 3):
        yield DatasetItem(f"clip/{i}", subset="train", media=VideoFrame(video, i), annotations=[ann.Label(i % 2)])


KINDS = {
    "image": (image_items, Image),
    "point_cloud": (point_cloud_items, PointCloud),
    "video": (video_items, Video),
    "video_frame": (video_frame_items, VideoFrame),
}


def main(arguments):
    p = argparse.ArgumentParser()
    p.add_argument("kind", choices=KINDS)
    p.add_argument("out")
    p.add_argument("--format", default="datumaro_binary")
    p.add_argument("--key")
    p.add_argument("--save-media", action="store_true")
    p.add_argument("--plain-media", action="store_true")
    a = p.parse_args(arguments)
    items, media_type = KINDS[a.kind]
    folder = a.out + ".source"
    os.makedirs(folder)
    infos = {"author": "mé", "n": 1.0, "nested": {"k": [1, None]}}
    dataset = Dataset.from_iterable(items(folder), infos=infos, categories=categories(), media_type=media_type)
    document = dump.dump(dataset)
    options = {"save_media": a.save_media}
    if a.key:
        options.update(encryption=True, encryption_key=a.key, no_media_encryption=a.plain_media)
    dataset.export(a.out, a.format, **options)
    dump.show(document)


if __name__ == "__main__":
    main(sys.argv[1:])
