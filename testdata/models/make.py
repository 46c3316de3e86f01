"""Makes the small models of this folder: make.py, with OpenVINO 2026.4 and numpy.

Each is softmax(x · W + b) of three numbers: tiny.xml and tiny.bin as OpenVINO writes them, tiny.onnx with its
weights in the file, external.onnx with the same weights in external.data.
"""
import numpy as np
import openvino as ov
from openvino import opset13 as op

W = np.array([[1, -1], [0.5, 2], [-0.25, 0.75]], np.float32)
B = np.array([0.1, -0.1], np.float32)


def number(n):
    out = b""
    while n > 0x7F:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def field(tag, value):
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    value = value.encode() if isinstance(value, str) else value
    return number(tag << 3 | 2) + number(len(value)) + value


def tensor(name, array, at=None):
    head = b"".join(field(1, n) for n in array.shape) + field(2, 1) + field(8, name)
    if at is None:
        return head + field(9, array.tobytes())
    entries = {"location": "external.data", "offset": str(at), "length": str(array.nbytes)}
    return head + b"".join(field(13, field(1, k) + field(2, v)) for k, v in entries.items()) + field(14, 1)


def port(name, *dims):
    shape = b"".join(field(1, field(1, n)) for n in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(kind, inputs, output):
    return b"".join(field(1, i) for i in inputs) + field(2, output) + field(4, kind)


def onnx(external):
    graph = b"".join(field(1, n) for n in (node("MatMul", "xW", "m"), node("Add", "mb", "a"), node("Softmax", "a", "y")))
    graph += field(2, "tiny") + field(5, tensor("W", W, 0 if external else None)) + field(5, tensor("b", B, W.nbytes if external else None))
    graph += field(11, port("x", 1, 3)) + field(12, port("y", 1, 2))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))


x = op.parameter([1, 3], np.float32, name="x")
x.output(0).set_names({"x"})
y = op.softmax(op.add(op.matmul(x, op.constant(W), False, False), op.constant(B)), 1)
y.output(0).set_names({"y"})
ov.save_model(ov.Model([y], [x], "tiny"), "tiny.xml", compress_to_fp16=False)
for name in ("tiny.onnx", "external.onnx"):
    open(name, "wb").write(onnx(name == "external.onnx"))
open("external.data", "wb").write(W.tobytes() + B.tobytes())
for name in ("tiny.xml", "tiny.onnx", "external.onnx"):
    print(name, ov.Core().compile_model(name, "CPU")([np.array([[1, 2, 3]], np.float32)])[0])
