#!/usr/bin/env python3
"""Convert a dataset with datum, in shards that are tasks of a Ray cluster.

    convert.py --shards 16 -- -i IN -o OUT -f datumaro_binary --save-media --encryption

What follows -- are the arguments of "datum convert". All nodes need the program
datum, the input, and the folder of the output under the same paths. A key comes
from a file that each node has (--encryption-key-file FILE after the --, or
DATUM_ENCRYPTION_KEY_FILE where the nodes were started): Ray shows the arguments
of its tasks to everybody who can see its dashboard.

A task whose node is lost is run on another one. That is harmless however far it
got, since a shard appears whole or not at all. The exit code is that of datum.
"""

import argparse
import re
import subprocess
import sys

import ray

# The exit codes of datum after which it makes no sense to try again: the command
# line, the input, the output, the key or the data are at fault.
FINAL = {2, 10, 11, 12, 13, 14, 70}

# As often as this a shard is begun again, on whatever node there is.
RETRIES = 5

KEY = re.compile(r"datum-[A-Za-z0-9_-]{43}=")


class Again(Exception):
    """A shard failed in a way that may pass."""


@ray.remote(max_retries=RETRIES, retry_exceptions=[Again])
def write_shard(datum, arguments, index, count):
    """Write one shard; return the exit code and what datum said."""
    command = [datum, "convert", *arguments, "--shard", f"{index}/{count}"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode != 0 and run.returncode not in FINAL:
        raise Again(f"shard {index} of {count}: exit code {run.returncode}\n{run.stderr}")
    return run.returncode, run.stdout + run.stderr


def write_all(datum, arguments, count):
    """Write all shards; return the exit code of the first that cannot be written."""
    pending = {write_shard.remote(datum, arguments, i, count): i for i in range(count)}
    while pending:
        done, _ = ray.wait(list(pending), num_returns=1)
        index = pending.pop(done[0])
        try:
            code, said = ray.get(done[0])
        except Again as e:  # for the last time; Ray makes an error of the task also one of this class
            code, said = 1, f"{e.args[0] if e.args else e}\n"
        except ray.exceptions.RayError as e:
            code, said = 1, f"shard {index} of {count}: {type(e).__name__}: {str(e).splitlines()[0]}\n"
        print(said, end="", file=sys.stderr, flush=True)
        if code != 0:
            print(f"shard {index} of {count} cannot be written", file=sys.stderr)
            for task in pending:
                ray.cancel(task, force=True)
            return code
    return 0


def output_of(arguments):
    """Return the output that the arguments name."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-o", "--output-dir")
    known, _ = parser.parse_known_args(arguments)
    return known.output_dir


def main():
    own, dashes, arguments = sys.argv[1:], False, []
    if "--" in own:
        at = own.index("--")
        own, dashes, arguments = own[:at], True, own[at + 1 :]
    parser = argparse.ArgumentParser(usage="%(prog)s [--shards N] [--address ADDRESS] [--datum PROGRAM] -- ARGUMENTS OF datum convert")
    parser.add_argument("--shards", type=int, default=8, help="the number of shards")
    parser.add_argument("--address", default="auto", help="the address of the cluster, for ray.init")
    parser.add_argument("--datum", default="datum", help="the program, on all nodes")
    options = parser.parse_args(own)
    output = output_of(arguments)
    if not dashes or output is None or options.shards < 1:
        parser.error("the arguments of datum convert are missing, with -o OUTPUT among them")
    if any(KEY.search(a) for a in arguments):
        parser.error("a key is no argument: everybody who sees the dashboard would see it; --encryption-key-file names a file with it")
    try:
        ray.init(address=options.address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as e:
        sys.exit(f"no cluster at {options.address}: {str(e).splitlines()[0]}\nstart one with: ray start --head")
    code = write_all(options.datum, arguments, options.shards)
    if code == 0:
        merge = [options.datum, "merge-shards", "-i", output.rstrip("/") + ".shards", "-o", output]
        for i, a in enumerate(arguments):
            if a in ("-k", "--key-file", "--encryption-key-file"):
                merge += arguments[i : i + 2]
            elif a == "--overwrite" or a.startswith(("--key-file=", "--encryption-key-file=")):
                merge.append(a)
        code = subprocess.run(merge).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
