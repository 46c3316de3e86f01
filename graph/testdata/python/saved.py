"""Lets OpenVINO write models into a folder: what people trained, and graphs with
everything that its writer knows. Besides each, a line of JSON for each node with
what OpenVINO itself infers, where it is asked for anew."""
import pathlib
import sys

import numpy as np
import openvino as ov
import openvino.opset15 as op
from openvino.preprocess import ColorFormat, PrePostProcessor, ResizeAlgorithm

folder, models = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
F32 = ov.Type.f32


def save(model, name):
    ov.serialize(model, str(folder / f"{name}.xml"))


def names():
    x = op.parameter([2, 3], F32, name="x")
    odd = op.add(x, op.convert(op.constant(np.array([1, 2, 3], np.uint8)), "f32"))  # the next constant lies at an odd place
    y = op.add(odd, op.constant(np.array([1.5, 2, 3], np.float32)))
    y.set_friendly_name("名字 with \"quotes\" & <marks>\n\tand lines")
    y.output(0).set_names({"a,b", "back\\slash", "quote\"<>&'", "line\nbreak\ttab", "中文"})
    save(ov.Model([op.result(y)], [x], "na\"me<中>"), "names")


def nested():
    """An If inside of a Loop inside of a TensorIterator."""
    x, h = op.parameter([4, 5, 3], F32, name="x"), op.parameter([4, 3], F32, name="h")
    part, state = op.parameter([4, 1, 3], F32), op.parameter([4, 3], F32)
    count, inner = op.parameter([], ov.Type.i64), op.parameter([4, 3], F32)
    a, b = op.parameter([4, 3], F32), op.parameter([4, 3], F32)
    choice = op.if_op(op.less(count, op.constant(np.int64(2))).output(0))
    then, other = ov.Model([op.result(op.sin(a))], [a], "then"), ov.Model([op.result(op.cos(b))], [b], "else")
    choice.set_then_body(then)
    choice.set_else_body(other)
    choice.set_input(inner.output(0), a, b)
    chosen = choice.set_output(then.results[0], other.results[0])
    more, value = op.result(op.constant(np.array(True))), op.result(chosen)
    loop = op.loop(op.constant(np.int64(3)), op.constant(np.array(True)))
    loop.set_function(ov.Model([more, value], [count, inner], "loop"))
    loop.set_special_body_ports([0, 0])
    loop.set_merged_input(inner, state.output(0), value.output(0))
    turned = loop.get_iter_value(value.output(0), -1)
    next_state = op.add(op.squeeze(part, op.constant(np.array([1]))), turned)
    last, every = op.result(next_state), op.result(op.unsqueeze(next_state, op.constant(np.array([1]))))
    iterator = op.tensor_iterator()
    iterator.set_body(ov.Model([last, every], [part, state], "body"))
    iterator.set_sliced_input(part, x.output(0), -1, -1, 1, 0, 1)
    iterator.set_merged_input(state, h.output(0), last.output(0))
    outputs = [iterator.get_iter_value(last.output(0), -1), iterator.get_concatenated_slices(every.output(0), -1, -1, 1, 0, 1)]
    save(ov.Model([op.result(o) for o in outputs], [x, h], "nested"), "nested")


def preprocessed():
    x = op.parameter([1, 3, 8, 8], F32, name="x")
    p = PrePostProcessor(ov.Model([op.result(op.relu(x))], [x], "picture"))
    p.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.BGR).set_spatial_dynamic_shape()
    p.input().model().set_layout(ov.Layout("NCHW"))
    steps = p.input().preprocess().convert_element_type(F32).convert_color(ColorFormat.RGB).resize(ResizeAlgorithm.RESIZE_LINEAR)
    steps.mean([1.0, 2.0, 3.0]).scale([0.5, 0.5, 0.5])
    save(p.build(), "preprocessed")


def half():
    x = op.parameter([-1, 8], F32, name="x")
    weights = np.random.default_rng(0).standard_normal((8, 8)).astype(np.float32)
    ov.save_model(ov.Model([op.result(op.matmul(x, op.constant(weights), False, True))], [x], "half"), str(folder / "half.xml"))


def words():
    x = op.parameter([-1], ov.Type.string, name="words")
    save(ov.Model([op.result(op.shape_of(x)), op.result(x)], [x], "words"), "words")


def numbers():
    x = op.parameter([3], F32, name="x")
    outputs = [op.clamp(x, -1.5e-7, 1e30), op.elu(x, 0.1), op.multiply(x, op.constant(np.float32(1e-12)))]
    outputs += [op.convert(x, t) for t in ("f16", "bf16", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "boolean")]
    save(ov.Model([op.result(o) for o in outputs], [x], "numbers"), "numbers")


for make in (names, nested, preprocessed, half, words, numbers):
    make()
core = ov.Core()
for name in ("yunet.onnx", "yolo11n.onnx", "ssd_mobilenet_v2_coco.pb"):
    model = core.read_model(str(models / name))
    save(model, pathlib.Path(name).stem)
    if name.startswith("yunet"):
        ov.save_model(model, str(folder / f"{pathlib.Path(name).stem}_half.xml"))
