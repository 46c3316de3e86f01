"""Read a dataset with the Datumaro of this interpreter and print what it holds.

    dump.py FORMAT PATH [--key KEY]     one JSON document on standard output
    dump.py --pixels FILE ...           {file: digest of the decoded picture}

The document has the form of the truth files of formatstest.LoadTruth, and for
each media the SHA-256 of its bytes, decrypted, and of its pixels, decoded.
"""

import argparse
import hashlib
import json
import math
import os
import sys

import numpy as np
from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset
from datumaro.components.media import Image, MediaType
from pycocotools import mask as coco_mask


def sha256(data):
    return None if data is None else hashlib.sha256(data).hexdigest()


def plain(value):
    """Return value as something that JSON can spell."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def pixels_of(image):
    data = image.data
    if data is None:
        return None
    data = np.ascontiguousarray(np.asarray(data, dtype=np.uint8))
    return sha256(repr(data.shape).encode() + data.tobytes())


def content(media):
    data = media.bytes
    crypter = getattr(media, "_crypter", None)
    if data is not None and getattr(media, "is_encrypted", False):
        data = crypter.decrypt(data)
    return data


def file_content(path):
    if not path or not os.path.isfile(path):
        return None
    with open(path, "rb") as f:
        return f.read()


def picture(image):
    out = {"type": "IMAGE", "src": os.path.basename(getattr(image, "path", "") or ""), "bytes": sha256(content(image))}
    out["pixels"] = pixels_of(image) if out["bytes"] else None
    out["image_size"] = plain(image.size) if image.has_size else None
    return out


def media(m):
    if m is None:
        return None
    kind = m.type
    if kind == MediaType.IMAGE:
        return picture(m)
    path = getattr(m, "path", "") or ""
    out = {"type": kind.name, "src": os.path.basename(path)}
    if kind == MediaType.POINT_CLOUD:
        out.update(bytes=sha256(m.data), n_extra=len(m.extra_images), extra=[picture(x) for x in m.extra_images])
    elif kind == MediaType.VIDEO:
        out.update(bytes=sha256(file_content(path)), step=m._step, start_frame=m._start_frame, end_frame=m._end_frame)
    elif kind == MediaType.VIDEO_FRAME:
        out.update(bytes=sha256(file_content(path)), index=m.index)
    else:
        return None
    return out


def annotation(a):
    out = {"type": a.type.name, "id": a.id, "group": a.group, "object_id": a.object_id, "attributes": plain(a.attributes)}
    if hasattr(a, "label"):
        out["label"] = None if a.label is None else int(a.label)
    if hasattr(a, "z_order"):
        out["z_order"] = a.z_order
    if a.type == AnnotationType.mask:
        rle = a.rle if hasattr(a, "rle") else coco_mask.encode(np.asfortranarray(a.image.astype(np.uint8)))
        counts = rle["counts"]
        out.update(size=plain(rle["size"]), counts=counts.decode() if isinstance(counts, bytes) else counts)
    elif a.type == AnnotationType.caption:
        out["caption"] = a.caption
    elif a.type == AnnotationType.points:
        out.update(points=plain(a.points), visibility=[int(v) for v in a.visibility])
    elif hasattr(a, "points"):
        out["points"] = [v for p in plain(a.points) for v in (p if isinstance(p, list) else [p])]
    elif hasattr(a, "_points"):
        out["points"] = plain(a._points)
    elif a.type != AnnotationType.label:
        raise ValueError(f"dump.py knows no annotation of kind {a.type.name}")
    return out


def categories(all_):
    out = {}
    if (c := all_.get(AnnotationType.label)) is not None:
        out["label"] = {
            "attributes": sorted(c.attributes),
            "labels": [{"name": x.name, "parent": x.parent, "attributes": sorted(x.attributes)} for x in c.items],
            "label_groups": [
                {"name": g.name, "group_type": getattr(g.group_type, "name", str(g.group_type)).lower(), "labels": sorted(g.labels)}
                for g in c.label_groups
            ],
        }
    if (c := all_.get(AnnotationType.mask)) is not None:
        out["mask"] = {"colormap": [[int(k), *map(int, rgb)] for k, rgb in c.colormap.items()]}
    if (c := all_.get(AnnotationType.points)) is not None:
        out["points"] = {
            "items": [
                {"label_id": k, "labels": x.labels, "joints": sorted(map(list, x.joints)), "positions": plain(x.positions or [])}
                for k, x in c.items.items()
            ]
        }
    return out


def dump(dataset):
    """Return the document about a dataset."""
    subsets = {}
    for item in dataset:
        subsets.setdefault(item.subset, []).append(
            {
                "id": item.id,
                "subset": item.subset,
                "attributes": plain(item.attributes),
                "media": media(item.media),
                "annotations": [annotation(a) for a in item.annotations],
            }
        )
    return {
        "infos": plain(dict(dataset.infos())),
        "categories": categories(dataset.categories()),
        "media_type": int(dataset.media_type()._type),
        "subsets": subsets,
    }


def show(document):
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)


def main(arguments):
    p = argparse.ArgumentParser()
    p.add_argument("format", nargs="?")
    p.add_argument("path", nargs="?")
    p.add_argument("--key")
    p.add_argument("--pixels", nargs="*")
    a = p.parse_args(arguments)
    if a.pixels is not None:
        show({f: pixels_of(Image.from_file(path=f)) for f in a.pixels})
        return
    options = {"encryption_key": a.key} if a.key else {}
    show(dump(Dataset.import_from(a.path, a.format, **options)))


if __name__ == "__main__":
    main(sys.argv[1:])
