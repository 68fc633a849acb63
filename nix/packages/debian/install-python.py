"""Installs the Python project in the current directory into a prefix, offline and without pip.

With build metadata, its own build backend makes a wheel, which is unpacked here. Without, the
directory is the program: its modules, packages and data files are installed as they are.
"""

import configparser
import importlib
import pathlib
import shutil
import sys
import sysconfig
import tempfile
import tomllib
import zipfile

ABOUT_THE_PROJECT = {"hop3.nix", "hop3.toml", "hop3", "default.nix", "flake.nix", "flake.lock", "result"}
NOT_PART_OF_IT = {"__pycache__", "node_modules", "venv", "env-vars"}

PROGRAM = """#!{python}
import sys
from {module} import {name}
if __name__ == "__main__":
    sys.exit({function}())
"""


def build_backend(source):
    """The backend object that pyproject.toml names, or setuptools' own."""
    declared = {}
    if (source / "pyproject.toml").exists():
        declared = tomllib.loads((source / "pyproject.toml").read_text()).get("build-system", {})
    for directory in reversed(declared.get("backend-path", [])):
        sys.path.insert(0, str(source / directory))
    # The legacy backend lets setup.py import what stands beside it.
    module, _, attribute = declared.get("build-backend", "setuptools.build_meta:__legacy__").partition(":")
    try:
        backend = importlib.import_module(module)
    except ImportError as error:
        sys.exit(f"the build backend {module} cannot be imported ({error}): name its package in build-system")
    for part in filter(None, attribute.split(".")):
        backend = getattr(backend, part)
    return backend


def write_program(path, contents):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(contents)
    path.chmod(0o755)


def write_entry_points(wheel_info, prefix, python):
    file = wheel_info / "entry_points.txt"
    if not file.exists():
        return
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str
    parser.read_string(file.read_text())
    for section in ("console_scripts", "gui_scripts"):
        if not parser.has_section(section):
            continue
        for command, target in parser.items(section):
            module, _, function = target.split("[")[0].strip().partition(":")
            name = function.split(".")[0]
            text = PROGRAM.format(python=python, module=module, name=name, function=function)
            write_program(prefix / "bin" / command, text)


def install_data(data, prefix, packages, python):
    """Spreads the .data directory of a wheel over the prefix."""
    targets = {"purelib": packages, "platlib": packages, "data": prefix, "headers": prefix / "include"}
    for kind in sorted(data.iterdir()):
        if kind.name == "scripts":
            for script in sorted(kind.iterdir()):
                text = script.read_text()
                if text.startswith("#!python"):
                    text = f"#!{python}\n" + text.partition("\n")[2]
                write_program(prefix / "bin" / script.name, text)
        else:
            shutil.copytree(kind, targets[kind.name], dirs_exist_ok=True)
    shutil.rmtree(data)


def install_wheel(wheel, prefix, packages, python):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
        tops = sorted({name.split("/")[0] for name in archive.namelist()})
    for top in tops:
        if top.endswith(".data"):
            install_data(packages / top, prefix, packages, python)
        elif top.endswith(".dist-info"):
            write_entry_points(packages / top, prefix, python)
            # Names paths that are gone and hashes that bytecode makes wrong.
            (packages / top / "RECORD").unlink(missing_ok=True)


def install_as_it_is(source, packages):
    for entry in sorted(source.iterdir()):
        if entry.name.startswith(".") or entry.name in ABOUT_THE_PROJECT | NOT_PART_OF_IT:
            continue
        target = packages / entry.name
        if entry.is_dir():
            shutil.copytree(entry, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(entry, target)


def main(prefix):
    prefix = pathlib.Path(prefix)
    source = pathlib.Path.cwd()
    python = f"{sys.prefix}/bin/python3"
    version = sysconfig.get_python_version()
    packages = prefix / "lib" / f"python{version}" / "site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    wheels = sorted(source.glob("*.whl"))
    if any((source / name).exists() for name in ("pyproject.toml", "setup.py", "setup.cfg")):
        target = tempfile.mkdtemp()
        wheels = [pathlib.Path(target) / build_backend(source).build_wheel(target)]
    elif not wheels:
        install_as_it_is(source, packages)
    for wheel in wheels:
        install_wheel(wheel, prefix, packages, python)


main(sys.argv[1])
