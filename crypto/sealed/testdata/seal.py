"""Seals standard input as datum does, with Python's cryptography (50 and later): seal.py KEY-FILE PURPOSE >OUT"""
import base64
import sys

from cryptography.cobblestone import Cobblestone128Encryptor
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

secret = base64.urlsafe_b64decode(open(sys.argv[1]).read().strip().removeprefix("datum-"))
purpose = sys.argv[2].encode()
header = b"datum-sealed" + bytes([1, len(purpose)]) + purpose
key = HKDF(SHA256(), 16, None, b"datum key derivation v1\0sealed v1 " + purpose).derive(secret)
sealer = Cobblestone128Encryptor(key, header)
out = sys.stdout.buffer
out.write(header)
while piece := sys.stdin.buffer.read(10_000):
    out.write(sealer.update(piece))
out.write(sealer.finalize())
