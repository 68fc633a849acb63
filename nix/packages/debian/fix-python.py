"""Finishes a package that holds Python code: propagation, programs that find their modules, bytecode.

Arguments: the package, Python itself, and the packages that its modules import.
"""

import ast
import compileall
import pathlib
import py_compile
import sys


def module_directories(package):
    return [d for d in sorted(package.glob("lib/python3*/*-packages")) if d.is_dir()]


def propagated(package):
    listed = package / "nix-support" / "propagated-build-inputs"
    return [pathlib.Path(word) for word in listed.read_text().split()] if listed.exists() else []


def closure(packages):
    seen = {}
    todo = list(packages)
    while todo:
        package = todo.pop(0)
        if package not in seen:
            seen[package] = True
            todo.extend(propagated(package))
    return list(seen)


def insertion_line(tree):
    """Index of the line before the first statement that may not be preceded by another."""
    for index, node in enumerate(tree.body):
        is_docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not is_docstring and not is_future:
            return node.lineno - 1
    return None


def wrap(program, directories):
    """Makes the program find its modules without any environment variable."""
    source = program.read_text(encoding="utf-8")
    line = insertion_line(ast.parse(source))
    if line is None:
        return
    lines = source.splitlines(keepends=True)
    paths = ", ".join(repr(str(directory)) for directory in directories)
    lines.insert(line, f"import site; [site.addsitedir(directory) for directory in ({paths},)]\n")
    program.chmod(program.stat().st_mode | 0o200)
    program.write_text("".join(lines), encoding="utf-8")


def is_python_program(path, python):
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.readline().startswith(f"#!{python}/bin/python".encode())


def main(out, python, *imports):
    out = pathlib.Path(out)
    own = module_directories(out)
    programs = [p for p in sorted(out.glob("bin/*")) if is_python_program(p, python)]
    if not own and not programs:
        return
    needed = [pathlib.Path(path) for path in imports]
    (out / "nix-support").mkdir(exist_ok=True)
    (out / "nix-support" / "propagated-build-inputs").write_text(" ".join([python, *imports]) + "\n")
    directories = own + [d for package in closure(needed) for d in module_directories(package)]
    if directories:
        for program in programs:
            wrap(program, directories)
    for directory in own:
        compileall.compile_dir(
            directory, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )


main(*sys.argv[1:])
