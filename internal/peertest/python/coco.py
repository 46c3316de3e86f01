"""Read COCO files with pycocotools and print what it makes of them.

    coco.py FILE ...    {file name: {"images": n, "annotations": n, "areas": {annotation id: pixels of its mask}}}

Fails where an annotation names an image or a category that there is not.
"""

import contextlib
import json
import os
import sys

from pycocotools import mask
from pycocotools.coco import COCO


def read(path):
    with contextlib.redirect_stdout(sys.stderr):
        data = COCO(path)
    areas = {}
    for number, a in data.anns.items():
        if a["image_id"] not in data.imgs:
            raise ValueError(f"{path}: annotation {number} is of image {a['image_id']}, which is not there")
        # A box of no category has null there, which pycocotools takes for one more category.
        if a.get("category_id") is not None and a["category_id"] not in data.cats:
            raise ValueError(f"{path}: annotation {number} is of category {a['category_id']}, which is not there")
        if a.get("segmentation"):
            areas[str(number)] = int(mask.area(data.annToRLE(a)))
    return {"images": len(data.imgs), "annotations": len(data.anns), "areas": areas}


def main(files):
    json.dump({os.path.basename(path): read(path) for path in files}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
