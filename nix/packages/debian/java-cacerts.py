"""Writes the certificates of a PEM bundle as a key store that Java reads: java-cacerts.py BUNDLE STORE.

keytool would do the same certificate by certificate, each with the time of day in it: the same
certificates have to be the same bytes.
"""

import base64
import hashlib
import re
import struct
import sys

MAGIC = 0xFEEDFEED
TRUSTED = 2
PASSWORD = "changeit"


def text(value):
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def main(bundle, store):
    with open(bundle, encoding="ascii", errors="replace") as file:
        blocks = re.findall("-----BEGIN CERTIFICATE-----(.+?)-----END", file.read(), re.DOTALL)
    certificates = sorted({base64.b64decode(block) for block in blocks})
    body = struct.pack(">III", MAGIC, 2, len(certificates))
    for der in certificates:
        alias = hashlib.sha256(der).hexdigest()
        body += struct.pack(">I", TRUSTED) + text(alias) + struct.pack(">q", 0)
        body += text("X.509") + struct.pack(">I", len(der)) + der
    seal = PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body
    with open(store, "wb") as file:
        file.write(body + hashlib.sha1(seal).digest())


main(*sys.argv[1:])
