#!/usr/bin/env python3
"""Make small models with inputs of all kinds, which put out what they got.

Usage: models.py OUT

Each has one input and is a classifier of as many classes as the input has
channels: the mean of each channel, as it came to the model.
"""

import pathlib
import sys

import numpy as np
import openvino as ov
import openvino.opset13 as op

out = pathlib.Path(sys.argv[1])


def save(name, shape, element, axes, more=None, info=()):
    x = op.parameter(shape, element, name="image")
    x.output(0).set_names({"image"})
    y = op.reduce_mean(op.convert(x, "f32"), np.array(axes), False)
    y.output(0).set_names({"logits"})
    inputs = [x]
    if more:
        other = op.parameter(more, np.int64, name="other")
        other.output(0).set_names({"other"})
        inputs.append(other)
        y = op.add(y, op.reduce_sum(op.convert(other, "f32"), np.array([0, 1]), False))
    model = ov.Model([y], inputs, name)
    for key, value in info:
        model.set_rt_info(value, ["model_info", key])
    ov.save_model(model, out / f"{name}.xml", compress_to_fp16=False)


chw, hwc = [2, 3], [1, 2]
save("nchw", [1, 3, 8, 8], np.float32, chw)
save("nhwc", [1, 8, 8, 3], np.float32, hwc)
save("bytes", [1, 8, 8, 3], np.uint8, hwc)
save("open", [-1, 3, -1, -1], np.float32, chw)
save("batch", [4, 3, 8, 8], np.float32, chw)
save("half", [1, 3, 8, 8], np.float16, chw)
save("described", [1, 3, 8, 8], np.float32, chw, info=[("mean_values", "10 20 30"), ("scale_values", "2"), ("reverse_input_channels", "NO")])
save("embedded", [1, 8, 8, 3], np.uint8, hwc, info=[("mean_values", "10 20 30"), ("scale_values", "2"), ("embedded_processing", "YES")])
save("crop", [1, 3, 8, 8], np.float32, chw, info=[("resize_type", "crop")])
save("two", [1, 3, 8, 8], np.float32, chw, more=[1, 2])


def grey():
    x = op.parameter([1, 1, 8, 8], np.float32, name="image")
    m = op.reduce_mean(x, np.array(chw), False)
    y = op.concat([m, op.negative(m)], 1)
    ov.save_model(ov.Model([y], [x], "grey"), out / "grey.xml", compress_to_fp16=False)


def sized():
    """As RT-DETR's own export: it is told the size in which boxes are to be."""
    x = op.parameter([-1, 3, 8, 8], np.float32, name="images")
    s = op.parameter([-1, 2], np.int64, name="orig_target_sizes")
    x.output(0).set_names({"images"})
    s.output(0).set_names({"orig_target_sizes"})
    wh = op.convert(op.reshape(s, np.array([1, 1, 2]), False), "f32")
    half = op.multiply(wh, np.float32(0.5))
    boxes = op.concat([op.multiply(wh, np.float32(0)), half], 2)
    boxes.output(0).set_names({"boxes"})
    labels = op.constant(np.array([[5]], np.int64))
    labels.output(0).set_names({"labels"})
    scores = op.add(op.reduce_mean(op.multiply(x, np.float32(0)), np.array([2, 3]), False), np.float32(0.9))
    scores = op.slice(scores, np.array([0]), np.array([1]), np.array([1]), np.array([1]))
    scores.output(0).set_names({"scores"})
    ov.save_model(ov.Model([labels, boxes, scores], [x, s], "sized"), out / "sized.xml", compress_to_fp16=False)


def nan():
    """A detector that divides by zero."""
    x = op.parameter([1, 3, 8, 8], np.float32, name="image")
    zero = op.multiply(op.reduce_mean(x, np.array(chw), False), np.float32(0))
    y = op.reshape(op.tile(op.divide(zero, zero), np.array([1, 14])), np.array([1, 1, 6, 7]), False)
    ov.save_model(ov.Model([y], [x], "nan"), out / "nan.xml", compress_to_fp16=False)


grey()
sized()
nan()
