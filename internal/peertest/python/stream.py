"""Read a stream as webdataset does.

    stream.py URL [LIMIT]   [{"key": k, "members": {ending: sha256}, "json": {...}, "cls": n, "pixels": [w, h], "areas": [...]}, ...]

URL is one that webdataset knows, such as pipe:COMMAND, or unix:PATH. After LIMIT
samples the stream is closed. Pictures are decoded by webdataset's own decoder,
masks by pycocotools.
"""

import hashlib
import json
import socket
import sys
import urllib.parse

import webdataset as wds
from pycocotools import mask
from webdataset.gopen import gopen_schemes


def connect(url, mode="rb", bufsize=8192, **_):
    s = socket.socket(socket.AF_UNIX)
    s.connect(url.removeprefix("unix:"))
    return s.makefile("rb")


gopen_schemes["unix"] = connect


def describe(raw):
    members = {k: v for k, v in raw.items() if not k.startswith("__")}
    out = {"key": raw["__key__"], "members": {k: hashlib.sha256(v).hexdigest() for k, v in members.items()}}
    decoded = wds.autodecode.Decoder([wds.autodecode.imagehandler("pil")])(dict(raw))
    out["json"] = decoded["json"]
    out["id"] = urllib.parse.unquote(raw["__key__"].split("/", 1)[1].split("~")[0])
    if "cls" in decoded:
        out["cls"] = decoded["cls"]
    for k in ("jpg", "png"):
        if k in decoded:
            out["pixels"] = list(decoded[k].size)
    masks = [a["segmentation"] for a in decoded["json"]["annotations"] if a["type"] == "mask"]
    out["areas"] = [int(mask.decode(m).sum()) for m in masks]
    return out


def main(args):
    url, limit = args[0], int(args[1]) if len(args) > 1 else -1
    samples = []
    dataset = wds.WebDataset(url, shardshuffle=False)
    for raw in dataset:
        samples.append(describe(raw))
        if len(samples) == limit:
            break
    json.dump(samples, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
