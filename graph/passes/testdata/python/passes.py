"""Makes models for the passes, and compares what became of them with numpy.

make DIR writes models and adapters; check DIR runs what the passes made of the
models and prints, for each, the largest difference to what numpy computes."""
import json
import pathlib
import sys

import numpy as np
import openvino as ov
import openvino.opset15 as op

F32 = {"INFERENCE_PRECISION_HINT": "f32"}
VOCABULARY, WIDTH, STEPS = 300, 24, 5


def values(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def constant(value, name):
    c = op.constant(value)
    c.set_friendly_name(name)
    return c


def save(name, results, parameters, half=False, sinks=()):
    model = ov.Model(results=results, sinks=list(sinks), parameters=parameters, name=name)
    ov.save_model(model, str(folder / f"{name}.xml"), compress_to_fp16=half)


def named(node, name):
    node.output(0).set_names({name})
    return op.result(node)


def language_model():
    ids = op.parameter([1, -1], ov.Type.i64, name="ids")
    x = op.gather(constant(values(1, VOCABULARY, WIDTH), "embeddings"), ids, op.constant(np.int64(0)))
    save("ranking", [named(op.matmul(x, constant(values(2, VOCABULARY, WIDTH), "head"), False, True), "logits")], [ids])


def embeddings(half):
    ids = op.parameter([1, -1], ov.Type.i64, name="ids")
    table = constant(values(3, VOCABULARY, WIDTH), "words.weight")
    x = op.gather(table, ids, op.constant(np.int64(0)))
    tied = op.matmul(x, table, False, True)
    save("embeddings_half" if half else "embeddings", [named(x, "vectors"), named(tied, "logits")], [ids], half)


def adapted(half):
    x = op.parameter([-1, 7, WIDTH], ov.Type.f32, name="x")
    y = op.matmul(x, constant(values(4, 32, WIDTH), "block.first.weight"), False, True)
    y = op.matmul(y, constant(values(5, 32, 16), "block.second.weight"), False, False)
    left = op.matmul(constant(values(6, 9, 7), "block.left.weight"), y, False, False)
    picture = op.reshape(left, op.constant(np.array([-1, 9, 4, 4])), False)
    window = op.convolution(picture, constant(values(7, 6, 9, 1, 1), "block.window.weight"), [1, 1], [0, 0], [0, 0], [1, 1])
    same = op.matmul(y, constant(values(8, 16, 16), "block.square.weight"), False, False)
    save("adapted_half" if half else "adapted", [named(window, "window"), named(same, "same")], [x], half)


# The layers of the adapters: outputs and inputs, by name.
LAYERS = {"block.first.weight": (32, WIDTH), "block.second.weight": (16, 32), "block.left.weight": (9, 7), "block.window.weight": (6, 9), "block.square.weight": (16, 16)}
ADAPTERS = [(0.75, 4, list(LAYERS)), (-0.5, 2, list(LAYERS)[:2] + list(LAYERS)[3:]), (1.5, 1, ["block.second.weight"])]


def adapters():
    for n, (alpha, rank, layers) in enumerate(ADAPTERS):
        yield alpha, {k: (values(100 + n, LAYERS[k][0], rank), values(200 + n, rank, LAYERS[k][1])) for k in layers}


def write_adapters():
    every = []
    for alpha, layers in adapters():
        every.append({"alpha": alpha, "layers": {k: {"up": u.tolist(), "down": d.tolist()} for k, (u, d) in layers.items()}})
    (folder / "adapters.json").write_text(json.dumps(every))


def stateful():
    x = op.parameter([-1, 1, 4], ov.Type.f32, name="x")
    rows = op.gather(op.shape_of(x), op.constant(np.array([0])), op.constant(np.int64(0)))
    first = op.broadcast(op.constant(np.float32(0)), op.concat([rows, op.subtract(rows, rows), op.constant(np.array([4]))], 0))
    read = op.read_value(first, "seen", ov.Type.f32, ov.PartialShape([-1, -1, 4]))
    same = op.range(op.constant(np.int64(0)), op.squeeze(rows, op.constant(np.array([0]))), op.constant(np.int64(1)), "i64")
    seen = op.concat([op.gather(read, same, op.constant(np.int64(0))), x], 1)
    total = op.read_value(op.broadcast(op.constant(np.float32(2)), rows), "total", ov.Type.f32, ov.PartialShape([-1]))
    more = op.add(total, op.reduce_sum(x, op.constant(np.array([1, 2])), False))
    sinks = [op.assign(seen, "seen"), op.assign(more, "total")]
    save("state", [named(op.reduce_sum(seen, op.constant(np.array([1])), False), "sum"), named(more, "sum of all")], [x], sinks=sinks)


def counting():
    """A model whose state lies outside: the pass puts it inside."""
    x = op.parameter([-1, 1, 4], ov.Type.f32, name="x")
    old = op.parameter([-1, -1, 4], ov.Type.f32, name="old")
    count = op.parameter([1], ov.Type.f32, name="count")
    seen = op.concat([old, x], 1)
    more = op.add(count, op.constant(np.array([1], np.float32)))
    y = op.multiply(op.reduce_sum(seen, op.constant(np.array([1])), False), more)
    save("outside", [named(y, "y"), named(seen, "new"), named(more, "counted")], [x, old, count])


def compiled(name):
    return ov.Core().compile_model(str(folder / f"{name}.xml"), "CPU", F32)


def difference(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    return float(np.max(np.abs(a - b))) if a.size else 0.0


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def check_ranking(name, over_all, last):
    ids = np.arange(11, dtype=np.int64)[None] * 7
    logits = compiled("ranking")(ids)["logits"]
    if last:
        logits = logits[:, -1:]
    order = np.argsort(-logits, -1, kind="stable")[..., :20]
    want = np.take_along_axis(softmax(logits.astype(np.float64)), order, -1) if over_all else softmax(np.take_along_axis(logits, order, -1).astype(np.float64))
    got = compiled(name)(ids)
    if list(got.names()) and not np.array_equal(got["classes"], order):
        return 1e9
    return difference(got["probabilities"], want)


def check_embeddings(half):
    suffix = "_half" if half else ""
    table = values(3, VOCABULARY, WIDTH)
    if half:
        table = table.astype(np.float16).astype(np.float32)
    more = np.concatenate([table, values(50, 3, WIDTH)])
    ids = np.array([[5, VOCABULARY, 7, VOCABULARY + 2, VOCABULARY + 1]])
    got = compiled("embeddings_changed" + suffix)(ids)
    return max(difference(got["vectors"], more[ids]), difference(got["logits"], more[ids].astype(np.float64) @ table.astype(np.float64).T) / 10)


def check_adapted(name, half):
    w = {}
    for seed, (k, shape) in enumerate({"block.first.weight": (32, WIDTH), "block.second.weight": (32, 16), "block.left.weight": (9, 7), "block.window.weight": (6, 9, 1, 1), "block.square.weight": (16, 16)}.items()):
        v = values(4 + seed, *shape)
        w[k] = (v.astype(np.float16) if half else v).astype(np.float64)
    plain = dict(w)
    for alpha, layers in adapters():
        for k, (up, down) in layers.items():
            delta = alpha * up.astype(np.float64) @ down.astype(np.float64)
            if k in ("block.second.weight", "block.square.weight"):
                delta = delta.T
            w[k] = w[k] + delta.reshape(w[k].shape)

    def run(w, x):
        y = x @ w["block.first.weight"].T @ w["block.second.weight"]
        left = w["block.left.weight"] @ y
        picture = left.reshape(-1, 9, 4, 4)
        window = np.einsum("oi,bihw->bohw", w["block.window.weight"][:, :, 0, 0], picture)
        return window, y @ w["block.square.weight"]

    x = values(60, 3, 7, WIDTH)
    window, same = run(w, x.astype(np.float64))
    got = compiled(name)(x)
    was = run(plain, x.astype(np.float64))
    scale = max(np.abs(window).max(), np.abs(same).max())
    if difference(window, was[0]) < scale / 10:
        return 1e9  # the adapters would show nothing
    return max(difference(got["window"], window), difference(got["same"], same)) / float(scale)


def check_state():
    inside = compiled("state").create_infer_request()
    outside = compiled("state_outside")
    again = compiled("state_again").create_infer_request()
    seen, total = np.zeros((2, 0, 4), np.float32), np.full(2, 2, np.float32)
    worst = 0.0
    started = False
    for step in range(STEPS):
        x = values(70 + step, 2, 1, 4)
        want = inside.infer({"x": x})
        got = outside({"x": x, "seen": seen, "total": total})
        seen, total = got["seen.next"], got["total.next"]
        worst = max(worst, difference(got["sum"], want["sum"]), difference(got["total.next"], want["sum of all"]))
        if not started:  # the variable inside again begins with zeros, as documented
            for s in again.query_state():
                if s.name == "total":
                    s.state = ov.Tensor(np.full(2, 2, np.float32))
            started = True
        back = again.infer({"x": x})
        worst = max(worst, difference(back["sum"], want["sum"]), difference(back["sum of all"], want["sum of all"]))
    return worst


def check_counting():
    request = compiled("inside").create_infer_request()
    plain = compiled("outside")
    old, count = np.zeros((3, 0, 4), np.float32), np.zeros(1, np.float32)
    worst = 0.0
    for step in range(STEPS):
        x = values(80 + step, 3, 1, 4)
        want = plain({"x": x, "old": old, "count": count})
        old, count = want["new"], want["counted"]
        worst = max(worst, difference(request.infer({"x": x})["y"], want["y"]))
    return worst


folder = pathlib.Path(sys.argv[2])
if sys.argv[1] == "make":
    language_model()
    for half in (False, True):
        embeddings(half)
        adapted(half)
    write_adapters()
    stateful()
    counting()
    (folder / "embeddings.json").write_text(json.dumps(values(50, 3, WIDTH).tolist()))
else:
    print(json.dumps({
        "ranking": check_ranking("ranking_last", False, True),
        "ranking over all": check_ranking("ranking_all", True, False),
        "embeddings": check_embeddings(False),
        "embeddings, half": check_embeddings(True),
        "adapters": check_adapted("adapted_changed", False),
        "adapters, half": check_adapted("adapted_changed_half", True),
        "adapters beside": check_adapted("adapted_beside", False),
        "state": check_state(),
        "inputs to state": check_counting(),
    }))
