"""One tree of Python and packages: a copy of the interpreter, links to everything else.

Arguments: the tree, Python, and the packages. The interpreter has to be a copy, since Python looks
for its library beside the file that it really is.
"""

import os
import pathlib
import shutil
import sys


def closure(packages):
    seen = []
    todo = list(packages)
    while todo:
        package = todo.pop(0)
        if package in seen:
            continue
        seen.append(package)
        listed = package / "nix-support" / "propagated-build-inputs"
        if listed.exists():
            todo.extend(pathlib.Path(word) for word in listed.read_text().split())
    return seen


def link(source, target):
    """Links what is in one directory into another; directories that several have are merged."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir()):
        place = target / entry.name
        if not place.exists() and not place.is_symlink():
            place.symlink_to(entry)
        elif entry.is_dir() and place.is_dir():
            if place.is_symlink():
                first = pathlib.Path(os.readlink(place))
                place.unlink()
                link(first, place)
            link(entry, place)


def main(out, python, *packages):
    out, python = pathlib.Path(out), pathlib.Path(python)
    interpreter = (python / "bin" / "python3").resolve()
    (out / "bin").mkdir(parents=True)
    shutil.copy(interpreter, out / "bin" / interpreter.name)
    for alias in ("python3", "python"):
        (out / "bin" / alias).symlink_to(interpreter.name)
    (out / "lib").mkdir()
    (out / "lib" / interpreter.name).symlink_to(python / "lib" / interpreter.name)
    modules = out / "lib" / "python3" / "dist-packages"
    modules.mkdir(parents=True)
    for package in closure(pathlib.Path(path) for path in packages):
        if package == python:
            continue
        for directory in sorted(package.glob("lib/python3*/*-packages")):
            link(directory, modules)
        if (package / "bin").is_dir():
            link(package / "bin", out / "bin")


main(*sys.argv[1:])
