"""Runs a language model and what the passes made of it, greedily, and prints how
they differ and how long a token takes."""
import json
import pathlib
import sys
import time

import numpy as np
import openvino as ov

folder, original, steps = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
PROMPT = np.array([[504, 3575, 282, 4649, 314]])  # "The capital of France is" in SmolLM2's words
core = ov.Core()


def compiled(path):
    return core.compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1, "KV_CACHE_PRECISION": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0})


def inputs(ids, past):
    return {"input_ids": ids, "attention_mask": np.ones((1, past + ids.shape[1]), np.int64), "position_ids": np.arange(past, past + ids.shape[1])[None], "beam_idx": np.zeros(1, np.int32)}


def generate(step):
    ids, past, tokens, all_logits, spent = PROMPT, 0, [], [], []
    for _ in range(steps):
        begin = time.process_time()
        logits, token = step(inputs(ids, past))
        spent.append(time.process_time() - begin)
        past += ids.shape[1]
        tokens.append(int(token))
        all_logits.append(logits)
        ids = np.array([[token]])
    return tokens, all_logits, float(np.min(spent[1:]) * 1000), float(np.median(spent[1:]) * 1000)


def stateful(path):
    request = compiled(path).create_infer_request()

    def step(feed):
        out = request.infer(feed)["logits"]
        return out[0, -1].copy(), out[0, -1].argmax()

    return step


def outside(path, variables):
    model = compiled(path)
    request = model.create_infer_request()
    state = {v["Input"]: np.zeros([1 if d == -1 else d for d in v["First"]], np.float32) for v in variables}

    def step(feed):
        out = request.infer({**feed, **state})
        for v in variables:
            state[v["Input"]] = out[v["Output"]]
        return out["logits"][0, -1].copy(), out["logits"][0, -1].argmax()

    return step


def sampled(path, count=20):
    """The usual work after inference: the logits come out, and are sorted here."""
    request = compiled(path).create_infer_request()

    def step(feed):
        out = request.infer(feed)["logits"][0, -1]
        top = np.argpartition(-out, count)[:count]
        top = top[np.argsort(-out[top], kind="stable")]
        e = np.exp(out[top] - out[top[0]])
        return e / e.sum(), top[0]

    return step


def ranked(path):
    request = compiled(path).create_infer_request()

    def step(feed):
        out = request.infer(feed)
        return out["probabilities"].ravel().copy(), out["classes"].ravel()[0]

    return step


variables = json.loads((folder / "variables.json").read_text())
want = generate(stateful(original))
report = {"tokens": want[0], "stateful ms": want[2:]}
for name, step, reference in (
    ("outside", outside(folder / "outside.xml", variables), want),
    ("again", stateful(folder / "again.xml"), want),
    ("sampled", sampled(original), None),
    ("ranked", ranked(folder / "ranked.xml"), None),
):
    got = generate(step)
    report[name + " ms"] = got[2:]
    if got[0] != want[0]:
        report[name + " tokens"] = got[0]
    if name == "sampled":
        want_top = got
    against = want if reference else want_top
    report[name] = max(float(np.max(np.abs(a - b))) for a, b in zip(got[1], against[1]))
    del step
added, beside = generate(stateful(folder / "added.xml")), generate(stateful(folder / "beside.xml"))
report["beside"] = float(np.max(np.abs(added[1][0] - beside[1][0])))
report["adapted"] = float(np.max(np.abs(added[1][0] - want[1][0])))
report["added ms"], report["beside ms"] = added[2:], beside[2:]
print(json.dumps(report))
