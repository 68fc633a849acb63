/** Fetches the one file of a simple index that has a hash; runs in a fixed-output derivation. */
export const fetchScript = `import hashlib, html.parser, re, sys, urllib.parse, urllib.request
index, name, wanted, out = sys.argv[1:]
page = index.rstrip("/") + "/" + re.sub(r"[-_.]+", "-", name).lower() + "/"


class Links(html.parser.HTMLParser):
    found = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href") or "")


with urllib.request.urlopen(page) as answer:
    Links().feed(answer.read().decode())
marked = [link for link in Links.found if link.endswith("#sha256=" + wanted)]
for link in marked or [link for link in Links.found if "#" not in link]:
    with urllib.request.urlopen(urllib.parse.urljoin(page, link)) as answer:
        data = answer.read()
    if hashlib.sha256(data).hexdigest() == wanted:
        open(out, "wb").write(data)
        sys.exit(0)
sys.exit(f"{page} lists no file of {name} with the hash {wanted}")
`;

/** Copies wheels to the names that pip insists on, which their own metadata tell. */
export const nameScript = `import email, os, shutil, sys, zipfile
target, *files = sys.argv[1:]
os.makedirs(target)
for file in files:
    if not zipfile.is_zipfile(file):
        sys.exit(f"{file} is not a wheel; pin wheels, or set pip-deps-hash")
    with zipfile.ZipFile(file) as wheel:
        info = next(name for name in wheel.namelist() if name.endswith(".dist-info/WHEEL"))
        tags = email.message_from_bytes(wheel.read(info)).get_all("Tag")
    first = tags[0].split("-")
    platforms = ".".join(dict.fromkeys(tag.split("-")[2] for tag in tags))
    pythons = ".".join(dict.fromkeys(tag.split("-")[0] for tag in tags))
    stem = info.split("/")[0].removesuffix(".dist-info")
    shutil.copy(file, f"{target}/{stem}-{pythons}-{first[1]}-{platforms}.whl")
`;
