"""Put libraries that do nothing beside libraries that ask for them.

    stubs.py FOLDER

torch's wheel asks for CUDA's libraries, gigabytes of them, when it is loaded, and
calls none of them on a machine without a GPU. For each library that those in
FOLDER need, and that is neither there nor on this machine, one is made with all
functions and objects that are asked of it, under their versions. Its functions
say what CUDA says where there is no device. It needs gcc and readelf.
"""

import collections
import ctypes
import os
import pathlib
import re
import subprocess
import sys
import tempfile

NO_DEVICE = 100  # cudaErrorNoDevice


def readelf(option, path):
    run = ["readelf", "--wide", option, str(path)]
    return subprocess.run(run, check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout


def on_machine(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


class Wanted:
    """What the libraries of a folder ask for."""

    def __init__(self, folder):
        self.needed, self.defined, self.objects = set(), set(), set()
        self.libraries = {}  # of versions
        self.versioned, self.plain = collections.defaultdict(set), set()
        libraries = sorted(p for p in folder.iterdir() if p.is_file() and ".so" in p.name)
        for path in libraries:
            self.needed.update(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic", path)))
            self.versions(readelf("--version-info", path))
            self.symbols(readelf("--dyn-syms", path))
        self.missing = sorted(n for n in self.needed - {p.name for p in libraries} if not on_machine(n))

    def versions(self, text):
        library = None
        for line in text.partition("Version needs section")[2].splitlines():
            if found := re.search(r"File: (\S+)", line):
                library = found[1]
            if found := re.search(r"Name: (\S+)", line):
                self.libraries[found[1]] = library

    def symbols(self, text):
        for line in text.splitlines():
            part = line.split()
            if len(part) < 8 or not part[0].endswith(":"):
                continue
            kind, binding, section = part[3], part[4], part[6]
            name, _, version = part[7].partition("@")
            if section != "UND":
                self.defined.add(name)
            elif version:
                self.versioned[version.lstrip("@")].add(name)
            elif binding != "WEAK":
                self.plain.add(name)
            if section == "UND" and kind == "OBJECT":
                self.objects.add(name)

    def of(self, library):
        """Return the symbols of a library, by their versions."""
        return {v: names for v, names in self.versioned.items() if self.libraries.get(v) == library}

    def nobodys(self):
        """Return symbols without a version that nobody defines; Python's are in Python."""
        return {n for n in self.plain - self.defined if not n.lstrip("_").startswith("Py")}


def make(library, versions, objects, folder):
    names = sorted(set().union(*versions.values()))
    lines = [f"char {n}[4096];" if n in objects else f"int {n}(void) {{ return {NO_DEVICE}; }}" for n in names]
    nodes = [f"{v} {{ global: {' '.join(n + ';' for n in sorted(names))} }};" for v, names in versions.items()]
    with tempfile.TemporaryDirectory() as d:
        source, script = pathlib.Path(d, "stub.c"), pathlib.Path(d, "stub.map")
        source.write_text("\n".join(lines) + "\ntypedef int nothing;\n")
        script.write_text("\n".join(nodes) + "\n")
        run = ["gcc", "-w", "-shared", "-fPIC", "-fno-builtin", f"-Wl,-soname,{library}", "-o", str(folder / library), str(source)]
        if nodes:
            run.append(f"-Wl,--version-script={script}")
        subprocess.run(run, check=True)


def main(args):
    folder = pathlib.Path(args[0])
    wanted = Wanted(folder)
    extra = wanted.nobodys()
    for library in wanted.missing:
        versions = wanted.of(library)
        if extra:
            versions["STUB"] = extra - set().union(*versions.values())
            extra = set()
        make(library, versions, wanted.objects, folder)
    print(len(wanted.missing), "libraries that do nothing", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
