#!/usr/bin/env python3
"""Make models that see colours, for tests of what runs models.

colours.xml    a detector with the head of datum's own models: pictures of 64 x 64
               pixels, cells of 8 x 8; a cell that is red, green or blue is a box
colour.xml     a classifier: which of the three a picture has most of
"""

import numpy as np
import openvino as ov
import openvino.opset13 as op

LABELS = ["red", "green", "blue"]


def described(model, kind, path):
    for key, value in {"model_type": kind, "labels": " ".join(LABELS), "scale_values": "255", "resize_type": "standard",
                       "reverse_input_channels": "YES"}.items():
        model.set_rt_info(value, ["model_info", key])
    ov.save_model(model, path, compress_to_fp16=False)


def detector():
    x = op.parameter([1, 3, 64, 64], np.float32, name="image")
    # Each channel less the two others, so that grey and white are nothing.
    kernel = (np.eye(3) * 2 - 1).reshape(3, 3, 1, 1).astype(np.float32)
    y = op.convolution(x, kernel, [1, 1], [0, 0], [0, 0], [1, 1])
    heat = op.clamp(op.avg_pool(y, [8, 8], [0, 0], [0, 0], [8, 8], True, "floor", "explicit"), 0.0, 1.0)
    at = np.arange(8, dtype=np.float32) * 8
    left, top = np.meshgrid(at, at)
    boxes = op.constant(np.stack([left, top, left + 8, top + 8])[None])
    heat.output(0).set_names({"heatmap"})
    boxes.output(0).set_names({"boxes"})
    described(ov.Model([heat, boxes], [x], "colours"), "centernet", "colours.xml")


def classifier():
    x = op.parameter([1, 3, 64, 64], np.float32, name="image")
    y = op.reduce_mean(x, np.array([2, 3]), False)
    y.output(0).set_names({"logits"})
    described(ov.Model([y], [x], "colour"), "Classification", "colour.xml")


detector()
classifier()
