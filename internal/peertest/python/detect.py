"""Ask the Datumaro of this interpreter which format each path is in.

    detect.py PATH ...      a JSON list: for each path the names, or {"error": text}
"""

import json
import sys

from datumaro.components.environment import DEFAULT_ENVIRONMENT

# How deep its command line program looks.
DEPTH = 2


def detect(path):
    try:
        return DEFAULT_ENVIRONMENT.detect_dataset(path, depth=DEPTH)
    except Exception as e:  # what a user sees as a traceback
        return {"error": f"{type(e).__name__}: {e}"}


def main(paths):
    json.dump([detect(p) for p in paths], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
