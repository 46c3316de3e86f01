"""Let the Datumaro of this interpreter read what is no dataset of its.

    refuse.py PATH      {"detected": names, "read": {how: number of items}}

It is tried without the name of a format, and as each format of Datumaro's own.
"""

import json
import sys

from datumaro.components.dataset import Dataset
from datumaro.components.environment import DEFAULT_ENVIRONMENT


def items(path, *format):
    try:
        return len(Dataset.import_from(path, *format))
    except Exception:  # the refusal
        return None


def main(arguments):
    (path,) = arguments
    read = {"": items(path)}
    for name in ("datumaro", "datumaro_binary", "arrow", "tabular"):
        read[name] = items(path, name)
    read = {name: n for name, n in read.items() if n is not None}
    json.dump({"detected": DEFAULT_ENVIRONMENT.detect_dataset(path, depth=2), "read": read}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
