#!/usr/bin/env python3
"""Prepare a virtual environment with Ray, and print the folder that holds it.

It lies in the user's cache, is named after the versions in requirements.txt, and
is made once. It appears when it is complete, or not at all. DATUM_PYTHON names
the interpreter, Python 3.10 to 3.13.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).resolve().parent / "requirements.txt"


def main():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    target = pathlib.Path(base) / "datum" / "ray" / digest
    ready = target / "ready"  # an environment cannot be renamed: its scripts know where it is
    if not ready.exists():
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        print("installing Ray, 300 MB, once ...", file=sys.stderr, flush=True)
        python = os.environ.get("DATUM_PYTHON") or sys.executable
        subprocess.run([python, "-m", "venv", target], check=True)
        install = [target / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*install, "--requirement", REQUIREMENTS], check=True, stdout=sys.stderr)
        ready.touch()
    print(target)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as e:
        sys.exit(f"{' '.join(map(str, e.cmd[:5]))} ... failed with exit code {e.returncode}")
