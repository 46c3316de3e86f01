#!/usr/bin/env python3
"""Start a cluster of three nodes on this machine, kill one in the middle of a
conversion, and require that nothing is lost.

    test_convert.py DATUM SAMPLE

DATUM is the program, SAMPLE a COCO dataset with media.
"""

import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import ray
from ray.cluster_utils import Cluster

HERE = pathlib.Path(__file__).resolve().parent
SHARDS = 8

# What stands for datum in the tasks: it is slow, and writes down when it begins.
SLOW = """#!/bin/sh
if [ "$1" = convert ]; then
  echo begun >> {log}
  sleep 2
fi
exec {datum} "$@"
"""


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*") if p.is_file())


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit("nothing happens")
        time.sleep(0.05)


def drive(cluster, slow, arguments, env, meanwhile=None):
    command = [sys.executable, HERE / "convert.py", "--address", cluster.address, "--datum", slow, "--shards", str(SHARDS), "--", *arguments]
    helper = threading.Thread(target=meanwhile) if meanwhile else None
    if helper:
        helper.start()
    run = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    if helper:
        helper.join()
    return run


def check(condition, what, run):
    if not condition:
        sys.exit(f"FAILED: {what}\n{run.stdout}\n{run.stderr}")
    print("ok:", what, flush=True)


def main():
    datum, sample = map(os.path.abspath, sys.argv[1:3])
    work = pathlib.Path(tempfile.mkdtemp(prefix="datum-ray-"))
    log, slow, key = work / "log", work / "slow", work / "key"
    slow.write_text(SLOW.format(log=log, datum=datum))
    slow.chmod(0o755)
    subprocess.run([datum, "key", "new", "-q", key], check=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DATUM_", "RAY_", "ENCRYPTION_KEY"))}

    begin = time.monotonic()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes = [cluster.add_node(num_cpus=2) for _ in range(2)]
    cluster.wait_for_nodes()
    print(f"three nodes after {time.monotonic() - begin:.1f} s", flush=True)
    try:
        whole = work / "whole"
        subprocess.run([datum, "convert", "-q", "-i", sample, "-o", whole, "-f", "voc", "--save-media"], check=True, env=env)

        def kill():
            wait_for(lambda: log.exists() and len(log.read_text().splitlines()) >= 4)
            cluster.remove_node(nodes.pop(), allow_graceful=False)  # SIGKILL for all its processes

        out = work / "out"
        run = drive(cluster, slow, ["-i", sample, "-o", out, "-f", "voc", "--save-media"], env, kill)
        check(run.returncode == 0, "a node is lost, the conversion ends well", run)
        begun = len(log.read_text().splitlines())
        check(begun > SHARDS, f"{SHARDS} shards were begun {begun} times", run)
        same = files(out) == files(whole) and not filecmp.cmpfiles(whole, out, files(whole), shallow=False)[1]
        check(same, "the output is, byte for byte, what one process makes", run)
        check(not (work / "out.shards").exists(), "no shards are left", run)

        sealed = work / "sealed"
        arguments = ["-i", sample, "-o", sealed, "-f", "datumaro_binary", "--save-media", "--encryption", "--encryption-key-file", key]
        run = drive(cluster, slow, arguments, env)
        check(run.returncode == 0, "encrypted under a key that the nodes have in a file", run)
        verify = subprocess.run([datum, "verify", sealed, "--encryption-key-file", key], env=env, capture_output=True, text=True)
        check(verify.returncode == 0, "what was encrypted is sound", verify)

        run = drive(cluster, slow, ["-i", sample, "-o", work / "x", "-f", "no_such_format"], env)
        check(run.returncode == 10, "what cannot succeed is not tried again", run)
        run = drive(cluster, slow, ["-i", sample, "-o", work / "x", "-f", "coco", "--encryption-key", key.read_text().strip()], env)
        check(run.returncode == 2 and key.read_text().strip() not in run.stderr, "a key is no argument", run)
        run = drive(cluster, "false", ["-i", sample, "-o", work / "x", "-f", "coco"], env)
        check(run.returncode == 1 and "Traceback" not in run.stderr and "exit code 1" in run.stderr, "what fails each time is told in one line", run)
    finally:
        ray.shutdown()
        cluster.shutdown()
    run = subprocess.run([sys.executable, HERE / "convert.py", "--", "-i", sample, "-o", work / "x", "-f", "coco"], env=env, capture_output=True, text=True, timeout=300)
    check(run.returncode == 1 and "no cluster" in run.stderr and "Traceback" not in run.stderr, "without a cluster too", run)
    subprocess.run(["rm", "-rf", work], check=True)


if __name__ == "__main__":
    main()
