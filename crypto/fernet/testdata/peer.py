"""Answers, line by line, for the test of the Go package against this peer.

"decrypt TOKEN" prints the plaintext in hexadecimal, "encrypt HEX" a token, and
an error prints the name of its class. The secret is the only argument.
"""

import sys

from cryptography.fernet import Fernet

fernet = Fernet(sys.argv[1])
for line in sys.stdin:
    verb, _, value = line.rstrip("\n").partition(" ")
    try:
        if verb == "decrypt":
            print(fernet.decrypt(value.encode("ascii")).hex())
        else:
            print(fernet.encrypt(bytes.fromhex(value)).decode("ascii"))
    except Exception as error:
        print(type(error).__name__)
