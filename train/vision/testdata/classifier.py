"""Saves a classifier as people export them: any batch, a reshaping that asks for it,
a depthwise convolution, weights in half precision, an output of logits."""

import sys

import numpy as np
import openvino as ov
from openvino import opset13 as op

random = np.random.default_rng(1)


def constant(deviation, *shape):
    return op.constant((random.normal(size=shape) * deviation).astype(np.float32))


def window(stride, side):
    return [stride, stride], [side // 2] * 2, [side // 2] * 2, [1, 1]


x = op.parameter([-1, 3, 16, 16], np.float32, name="image")
y = op.hswish(op.add(op.convolution(x, constant(0.3, 16, 3, 3, 3), *window(2, 3)), constant(0.1, 1, 16, 1, 1)))
y = op.relu(op.add(op.group_convolution(y, constant(0.4, 16, 1, 1, 3, 3), *window(1, 3)), constant(0.1, 1, 16, 1, 1)))
y = op.reduce_mean(y, op.constant([2, 3]), True)
batch = op.gather(op.shape_of(y), op.constant([0]), op.constant(0))
y = op.reshape(y, op.concat([batch, op.constant([-1])], 0), False)
y = op.add(op.matmul(y, constant(0.2, 100, 16), False, True), constant(0.1, 1, 100))
y.output(0).set_names({"logits"})
ov.save_model(ov.Model([op.result(y)], [x], "classifier"), sys.argv[1], compress_to_fp16=True)
