"""Writes python_tokens.json: tokens of the Python package "cryptography".

Run it with an interpreter which has the package:

    python python_tokens.py > python_tokens.json

Secret, times and IVs are fixed, so the output is the same in every run.
"""

import base64
import hashlib
import json

import cryptography
from cryptography.fernet import Fernet

LENGTHS = [0, 1, 2, 15, 16, 17, 31, 32, 33, 50, 63, 64, 65, 100, 255, 1000, 4096]
TIMES = [0, 1, 1700000000, 2**32, 2**63 - 1]


def noise(label, n):
    out = b""
    while len(out) < n:
        out += hashlib.sha256(f"{label} {len(out)}".encode()).digest()
    return out[:n]


def main():
    secret = base64.urlsafe_b64encode(noise("secret", 32))
    fernet = Fernet(secret)
    cases = []
    for index, length in enumerate(LENGTHS):
        plain = noise("plain %d" % length, length)
        seconds = TIMES[index % len(TIMES)]
        iv = noise("iv %d" % length, 16)
        token = fernet._encrypt_from_parts(plain, seconds, iv)
        assert fernet.decrypt(token) == plain
        cases.append({
            "plain": plain.hex(), "seconds": seconds, "iv": iv.hex(),
            "token": token.decode("ascii"),
        })
    print(json.dumps({
        "maker": "cryptography " + cryptography.__version__,
        "secret": secret.decode("ascii"), "cases": cases,
    }, indent=1))


main()
