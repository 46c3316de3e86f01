"""Writes the pictures beside it with Pillow. The name of each says its stored
size and its EXIF orientation: width x height - orientation - what it is."""

import os
import struct

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))


def exif(orientation, order=">"):
    head = b"MM\x00*" if order == ">" else b"II*\x00"
    return head + struct.pack(order + "IHHHIHHI", 8, 1, 274, 3, 1, orientation, 0, 0)


def picture(mode="RGB", width=13, height=7):
    return Image.new(mode, (width, height))


def save(name, im=None, **options):
    (im or picture()).save(os.path.join(HERE, name), **options)


save("13x7-1-plain.jpg", quality=50)
save("13x7-6-big-endian.jpg", quality=50, exif=b"Exif\0\0" + exif(6))
save("13x7-8-little-endian.jpg", quality=50, exif=b"Exif\0\0" + exif(8, "<"))
save("13x7-3-upside-down.jpg", quality=50, exif=b"Exif\0\0" + exif(3))
save("13x7-1-progressive.jpg", quality=50, progressive=True)
save("13x7-1-grey.jpg", picture("L"), quality=50)
save("13x7-1-plain.png")
save("13x7-5-exif.png", exif=exif(5))
save("13x7-1-plain.gif", picture("P"))
save("13x7-1-plain.bmp", picture("1"))
save("13x7-1-lossy.webp")
save("13x7-1-lossless.webp", lossless=True)
save("13x7-7-extended.webp", exif=exif(7))
save("13x7-1-alpha.webp", picture("RGBA"))
save("13x7-1-plain.tif", picture("1"))
save("13x7-6-turned.tif", picture("1"), tiffinfo={274: 6})
save("13x7-1-big.tif", picture("1"), big_tiff=True)
save("13x7-1-plain.ppm", picture("1"))
