"""Replaces a path in the texts of every class of a Java archive: java-relocate.py ARCHIVE FROM TO.

Debian has built the places of its packages into some of its programs.
"""

import struct
import sys
import zipfile

UTF8 = 1
# Sizes of the other kinds of constants, by their tag; those of 8 bytes count twice.
SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}


def relocate(code, old, new):
    count = struct.unpack_from(">H", code, 8)[0]
    pool = bytearray()
    at = 10
    index = 1
    while index < count:
        tag = code[at]
        if tag == UTF8:
            size = struct.unpack_from(">H", code, at + 1)[0]
            text = code[at + 3 : at + 3 + size].replace(old, new)
            pool += struct.pack(">BH", UTF8, len(text)) + text
            at += 3 + size
        else:
            pool += code[at : at + 1 + SIZES[tag]]
            at += 1 + SIZES[tag]
        index += 2 if tag in (5, 6) else 1
    return code[:10] + bytes(pool) + code[at:]


def main(archive, old, new):
    with zipfile.ZipFile(archive) as source:
        entries = [(info, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(archive, "w") as target:
        for info, content in entries:
            if info.filename.endswith(".class") and old.encode() in content:
                content = relocate(content, old.encode(), new.encode())
            target.writestr(info, content)


main(*sys.argv[1:])
