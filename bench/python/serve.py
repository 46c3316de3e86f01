"""Serve a click-through model as JSON over HTTP, as one would who has OpenVINO, NumPy and an hour.

    serve.py FOLDER

FOLDER is what the worker "clicks" writes. A line on standard output says at which port of
127.0.0.1 it listens. Each connection has a thread, each thread a request of the runtime.
"""

import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import openvino as ov


class Model:
    def __init__(self, folder):
        about = json.loads((folder / "about.json").read_text())
        self.longest, width = about["longest"], about["embedding"]
        self.tables, self.numbers = {}, {}
        for kind in ("user", "item", "category"):
            self.tables[kind] = np.fromfile(folder / f"{kind}.bin", "<f4").reshape(-1, width)
            names = (folder / f"{kind}.txt").read_text().split("\n")[:-1]
            self.numbers[kind] = {name: i + 1 for i, name in enumerate(names)}
        category_of = np.fromfile(folder / "categories.bin", "<u4")
        # The row of an item and that of its category behind it.
        self.items = np.concatenate([self.tables["item"], self.tables["category"][category_of]], 1)
        core = ov.Core()
        core.get_property("CPU", "FULL_DEVICE_NAME")  # loads the plugin that knows the operation AUGRUSequence
        # Of the runtime's hints the one that is faster here: with LATENCY, threads wait for each other.
        options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
        self.compiled = core.compile_model(core.read_model(folder / "graph.xml"), "CPU", options)
        self.local = threading.local()

    def score(self, rows):
        if not hasattr(self.local, "request"):
            self.local.request = self.compiled.create_infer_request()
        users = np.array([self.numbers["user"].get(r.get("user"), 0) for r in rows])
        items = np.array([self.numbers["item"].get(r["item"], 0) for r in rows])
        histories = [[self.numbers["item"].get(i, 0) for i in r.get("history", [])][-self.longest :] for r in rows]
        lengths = np.array([len(h) for h in histories], np.int32)
        time = max(1, lengths.max())
        history = np.zeros((len(rows), time, self.items.shape[1]), np.float32)
        for i, h in enumerate(histories):
            history[i, : len(h)] = self.items[h]
        mask = (np.arange(time) < lengths[:, None]).astype(np.float32)
        out = self.local.request.infer([self.tables["user"][users], self.items[items], history, mask, lengths])
        return out[0].tolist()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # so that head and body go together

    def do_POST(self):
        rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["rows"]
        body = json.dumps({"probabilities": self.server.model.score(rows)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    server = Server(("127.0.0.1", 0), Handler)
    server.model = Model(pathlib.Path(sys.argv[1]))
    print(f"HTTP at 127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
