"""Compiles Python's own library: one of several workers, each with a fixed share of the files.

Bytecode depends on what the same process compiled before, so a pool that hands files to whoever is
free would give other bytes every time. Arguments: the library, this worker's number, how many.
"""

import pathlib
import py_compile
import sys

UNUSED_AT_RUN_TIME = {"test", "tests", "idlelib", "lib2to3", "pydoc_data", "turtledemo"}


def main(library, worker, workers):
    library = pathlib.Path(library)
    files = sorted(
        path
        for path in library.rglob("*.py")
        if not UNUSED_AT_RUN_TIME & set(path.relative_to(library).parts)
    )
    for path in files[int(worker) :: int(workers)]:
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(path), invalidation_mode=mode, quiet=2)


main(*sys.argv[1:])
