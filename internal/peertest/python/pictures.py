"""Make pictures of many kinds, and say what OpenCV reads in them.

    pictures.py FOLDER      {file: {"width": w, "height": h, "sizes": [[w, h], ...]}}

Beside each file lie file.rgb, its pixels as cv2.imread gives them, and for each
size file.WxH.linear and file.WxH.area, resized.
"""

import json
import os
import sys

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 151, 101
SIZES = [(64, 64), (75, 50), (300, 200), (151, 40), (40, 101), (13, 7), (1, 1), (640, 640)]


def scene(width=WIDTH, height=HEIGHT):
    """A picture with smooth parts, edges of colours and some noise."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    out = np.stack([127 + 120 * np.sin(x / 17), 127 + 120 * np.cos(y / 11), 127 + 100 * np.sin((x + y) / 23)], axis=2)
    out[height // 4 : height // 2, width // 4 : width // 2] = (250, 20, 30)
    out[height // 2 : height * 3 // 4, width // 3 : width * 2 // 3] = (10, 200, 240)
    out[:, width * 4 // 5 :] += rng.normal(0, 30, out[:, width * 4 // 5 :].shape)
    return np.clip(out, 0, 255).astype(np.uint8)


def jpegs(folder):
    picture = Image.fromarray(scene())
    for name, sampling in ("444", 0), ("422", 1), ("420", 2):
        picture.save(f"{folder}/{name}.jpg", quality=90, subsampling=sampling)
    bgr = np.ascontiguousarray(scene()[:, :, ::-1])
    for name, factor in ("440", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440), ("411", cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411):
        cv2.imwrite(f"{folder}/{name}.jpg", bgr, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
    picture.save(f"{folder}/progressive.jpg", quality=85, progressive=True)
    picture.convert("L").save(f"{folder}/grey.jpg", quality=90)
    picture.convert("CMYK").save(f"{folder}/cmyk.jpg", quality=95)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.save(f"{folder}/turned{orientation}.jpg", quality=90, exif=exif)


def others(folder):
    rgb = scene()
    picture = Image.fromarray(rgb)
    alpha = np.tile(np.arange(WIDTH, dtype=np.uint8), (HEIGHT, 1))
    transparent = Image.fromarray(np.dstack([rgb, alpha]))
    for name in "png", "bmp", "webp", "tif":
        picture.save(f"{folder}/colour.{name}")
    picture.save(f"{folder}/lossless.webp", lossless=True)
    transparent.save(f"{folder}/alpha.png")
    picture.convert("L").save(f"{folder}/grey.png")
    picture.convert("L").save(f"{folder}/grey.bmp")
    picture.convert("1").save(f"{folder}/bits.png")
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=60).save(f"{folder}/palette.png")
    picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=200).save(f"{folder}/palette.gif")
    wide = rgb.astype(np.uint16) * 257 - (rgb.astype(np.uint16) % 7)
    cv2.imwrite(f"{folder}/deep.png", wide[:, :, ::-1])
    cv2.imwrite(f"{folder}/deepgrey.png", wide[:, :, 0])
    cv2.imwrite(f"{folder}/colour.ppm", rgb[:, :, ::-1])
    cv2.imwrite(f"{folder}/grey.pgm", rgb[:, :, 0])
    cv2.imwrite(f"{folder}/deep.ppm", wide[:, :, ::-1])


def read(path, sizes):
    bgr = cv2.imread(path)
    rgb = np.ascontiguousarray(bgr[:, :, ::-1])
    rgb.tofile(path + ".rgb")
    for w, h in sizes:
        cv2.resize(rgb, (w, h), interpolation=cv2.INTER_LINEAR).tofile(f"{path}.{w}x{h}.linear")
        cv2.resize(rgb, (w, h), interpolation=cv2.INTER_AREA).tofile(f"{path}.{w}x{h}.area")
    return {"width": rgb.shape[1], "height": rgb.shape[0], "sizes": sizes}


def main(args):
    folder = args[0]
    jpegs(folder)
    others(folder)
    cv2.imwrite(f"{folder}/resized.png", np.random.default_rng(1).integers(0, 256, (101, 150, 3), dtype=np.uint8))
    names = sorted(os.listdir(folder))
    json.dump({n: read(f"{folder}/{n}", SIZES if n in ("resized.png", "colour.png") else []) for n in names}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
