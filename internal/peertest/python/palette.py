"""Describe pictures as Pillow sees them.

    palette.py FILE ...     {file: {"mode": m, "size": [w, h], "values": {value: pixels}, "colours": {value: [r, g, b]}}}

Values and colours are there for pictures with a palette.
"""

import json
import sys

from PIL import Image


def describe(path):
    with Image.open(path) as picture:
        out = {"mode": picture.mode, "size": list(picture.size), "values": {}, "colours": {}}
        if picture.mode == "P":
            palette = picture.getpalette()
            for count, value in picture.getcolors(1 << 20):
                out["values"][str(value)] = count
                out["colours"][str(value)] = palette[3 * value : 3 * value + 3]
        return out


def main(paths):
    json.dump({p: describe(p) for p in paths}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
