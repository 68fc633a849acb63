/**
 * Downloads one file: of a simple index, found by its name or its hash, or from a whole address.
 * Runs in a fixed-output derivation, so Nix checks what it brings.
 */
export const fetchScript = `import base64, html.parser, json, os, re, sys, urllib.error, urllib.parse, urllib.request
where, project, file, hash, out = sys.argv[1:]
algorithm, _, digest = hash.partition("-")
marked = f"#{algorithm}={base64.b64decode(digest).hex()}"


def get(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"unable to download {url}: HTTP error {error.code}")
    except urllib.error.URLError as error:
        sys.exit(f"unable to download {url}: {error.reason}")


def name_of(link):
    return urllib.parse.unquote(urllib.parse.urlparse(link).path).rpartition("/")[2]


class Links(html.parser.HTMLParser):
    found = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href") or "")


if urllib.parse.urlparse(where).path.endswith((".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz")):
    url = where
else:
    page = where.rstrip("/") + "/" + re.sub(r"[-_.]+", "-", project).lower() + "/"
    text = get(page).decode()
    if text.lstrip().startswith("{"):
        Links.found = [one["url"] for one in json.loads(text)["files"]]
    else:
        Links().feed(text)
    links = [link for link in Links.found if link.endswith(marked)]
    links = links or [link for link in Links.found if name_of(link) == file]
    if not links:
        sys.exit(f"{page} lists no {file}")
    url = urllib.parse.urljoin(page, links[0].partition("#")[0])
with open(out, "wb") as target:
    target.write(get(url))
`;

/**
 * Makes a wheel of what was downloaded: a wheel is taken as it is, under the name that its own
 * metadata tell; a source archive is built with the tools of the package set.
 */
export const wheelScript = `import email, os, pathlib, shutil, subprocess, sys, tarfile, zipfile
archive, target = sys.argv[1:]
os.makedirs(target)


def wheel_name(wheel):
    info = next((one for one in wheel.namelist() if one.endswith(".dist-info/WHEEL")), None)
    if info is None:
        return None
    tags = [tag.split("-") for tag in email.message_from_bytes(wheel.read(info)).get_all("Tag")]
    columns = [".".join(dict.fromkeys(tag[column] for tag in tags)) for column in range(3)]
    return "-".join([info.split("/")[0].removesuffix(".dist-info"), *columns]) + ".whl"


if zipfile.is_zipfile(archive):
    with zipfile.ZipFile(archive) as wheel:
        found = wheel_name(wheel)
    if found is not None:
        shutil.copy(archive, f"{target}/{found}")
        sys.exit(0)
    shutil.unpack_archive(archive, "source", "zip")
else:
    # Any compression; always in the same place, since compilers write it into what they make.
    with tarfile.open(archive) as source:
        source.extractall("source", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
[top, *_] = sorted(pathlib.Path("source").iterdir())
arguments = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "wheel", *arguments, "-w", target, f"./{top}"]))
`;

/**
 * Finishes what pip has installed: libraries that wheels expect of the host are loaded from the
 * store, programs get the store's loader, modules are compiled, and the way it came is forgotten.
 */
export const finishScript = `import compileall, os, pathlib, py_compile, subprocess, sys
root, *packages = map(pathlib.Path, sys.argv[1:])
libraries = {}
for package in packages:
    for library in sorted(package.glob("lib/**/*.so*")):
        libraries.setdefault(library.name, str(library.parent))


def patchelf(*words):
    return subprocess.run(["patchelf", *words], check=True, capture_output=True, text=True).stdout.strip()


def is_elf(file):
    with file.open("rb") as content:
        return content.read(4) == b"\\x7fELF"


def patch(file):
    directories = {libraries[need]: 1 for need in patchelf("--print-needed", file).split() if need in libraries}
    if directories:
        patchelf("--add-rpath", ":".join(directories), file)
    if file.suffix != ".so" and os.access(file, os.X_OK) and ".so." not in file.name:
        try:
            patchelf("--print-interpreter", file)
        except subprocess.CalledProcessError:
            return
        patchelf("--set-interpreter", patchelf("--print-interpreter", os.path.realpath(sys.executable)), file)


for file in sorted(root.rglob("*")):
    if file.name == "direct_url.json":
        file.unlink()
    elif file.is_file() and not file.is_symlink() and is_elf(file):
        patch(file)
compileall.compile_dir(root / "lib", quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
`;
