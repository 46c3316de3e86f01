"""Do one thing with the Datumaro of this interpreter, and say what it cost.

    peer.py convert IN FORMAT OUT FORMAT [--workers N] [--media] [--encrypt] [--key-file FILE]
    peer.py detect PATH
    peer.py fernet SECONDS BYTES ...

The last line of the output is a JSON object. Its times begin when the modules
are imported, and its CPU time includes that of worker processes.
"""

import argparse
import base64
import json
import os
import resource
import tempfile
import time


def cpu():
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


class Stopwatch:
    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), cpu()

    def read(self):
        return {"cpu": cpu() - self.cpu, "wall": time.perf_counter() - self.wall}


def convert(a):
    from datumaro.components.dataset import Dataset
    from datumaro.components.environment import DEFAULT_ENVIRONMENT

    key = open(a.key_file).read().strip() if a.key_file else None
    source, target = {}, {"save_media": a.media}
    if a.source_format == "datumaro_binary":
        source["num_workers"] = a.workers
        if not a.encrypt and key:
            source["encryption_key"] = key
    if a.target_format == "datumaro_binary":
        target["num_workers"] = a.workers
        if a.encrypt:
            target["encryption_key"] = key
    # Modules of formats are loaded when they are first asked for.
    DEFAULT_ENVIRONMENT.importers[a.source_format], DEFAULT_ENVIRONMENT.exporters[a.target_format]

    watch = Stopwatch()
    dataset = Dataset.import_from(a.source, a.source_format, **source)
    imported = watch.read()
    dataset.export(a.target, a.target_format, **target)
    return watch.read() | {"items": len(dataset), "values": {"import CPU s": imported["cpu"]}}


def detect(a):
    from datumaro.components.environment import DEFAULT_ENVIRONMENT

    def names(path):
        return DEFAULT_ENVIRONMENT.detect_dataset(path, depth=2)

    # The first call loads the modules of all formats.
    with tempfile.TemporaryDirectory() as empty:
        names(empty)
    watch = Stopwatch()
    found = names(a.path)
    return watch.read() | {"formats": list(found)}


def least(seconds, do):
    """Do something for so long, and at least three times. Return the least CPU and wall time of once, in seconds."""
    cpus, walls, until = [], [], time.perf_counter() + seconds
    while len(cpus) < 3 or time.perf_counter() < until:
        c, w = time.process_time(), time.perf_counter()
        do()
        cpus.append(time.process_time() - c)
        walls.append(time.perf_counter() - w)
    return min(cpus), min(walls)


def rate(seconds, size, do):
    """Return how many bytes a second of CPU time do gets through, in MB."""
    do()
    begin, n = time.process_time(), 0
    while time.process_time() - begin < seconds:
        do()
        n += 1
    return n * size / (time.process_time() - begin) / 1e6


def fernet(a):
    from cryptography.fernet import Fernet

    f = Fernet(base64.urlsafe_b64encode(bytes(range(32))))
    watch, values = Stopwatch(), {}
    for size in a.sizes:
        plain = os.urandom(size)
        token = f.encrypt(plain)
        values[f"encrypt {size}"] = rate(a.seconds, size, lambda: f.encrypt(plain))
        values[f"decrypt {size}"] = rate(a.seconds, size, lambda: f.decrypt(token))
    return watch.read() | {"values": values}


def arguments():
    p = argparse.ArgumentParser()
    verbs = p.add_subparsers(required=True)
    c = verbs.add_parser("convert")
    c.set_defaults(do=convert)
    for name in ("source", "source_format", "target", "target_format"):
        c.add_argument(name)
    c.add_argument("--workers", type=int, default=0)
    c.add_argument("--media", action="store_true")
    c.add_argument("--encrypt", action="store_true")
    c.add_argument("--key-file")
    d = verbs.add_parser("detect")
    d.set_defaults(do=detect)
    d.add_argument("path")
    f = verbs.add_parser("fernet")
    f.set_defaults(do=fernet)
    f.add_argument("seconds", type=float)
    f.add_argument("sizes", type=int, nargs="+")
    return p.parse_args()


def main():
    a = arguments()
    print(json.dumps(a.do(a)))


if __name__ == "__main__":
    main()
