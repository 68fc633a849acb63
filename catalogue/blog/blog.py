"""A blog: Hugo makes the pages, and /edit changes what they are made of."""

import base64
import hmac
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from datetime import datetime, timezone
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).parent
CONTENT = Path(os.environ["HOP3_DATA_DIR"]) / "content"
POSTS = CONTENT / "posts"
WORK = Path(tempfile.mkdtemp(dir=os.environ["TMPDIR"]))
PUBLIC = WORK / "public"
LARGEST_POST = 1024 * 1024
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

building = threading.Lock()


def build() -> None:
    """Makes all pages anew, beside those that are served, and then puts them in their place."""
    with building:
        fresh = WORK / "fresh"
        environment = {
            **os.environ,
            "HUGO_TITLE": os.environ.get("BLOG_TITLE", "My blog"),
            "HUGO_LANGUAGECODE": os.environ.get("BLOG_LANGUAGE", "en"),
            "HUGO_CACHEDIR": str(WORK / "cache"),
            "HUGO_RESOURCEDIR": str(WORK / "resources"),
        }
        command = ["hugo", "--quiet", "--noBuildLock", "--source", HERE / "site"]
        command += ["--config", HERE / "site/hugo.toml", "--contentDir", CONTENT]
        command += ["--destination", fresh, "--baseURL", os.environ["HOP3_PUBLIC_URL"]]
        subprocess.run(command, env=environment, check=True)
        old = WORK / "old"
        if PUBLIC.exists():
            PUBLIC.rename(old)
        fresh.rename(PUBLIC)
        shutil.rmtree(old, ignore_errors=True)


def read(slug: str) -> tuple[dict[str, str], str]:
    """The front matter of a post, and its text."""
    text = (POSTS / f"{slug}.md").read_text()
    matter, end = json.JSONDecoder().raw_decode(text)
    return matter, text[end:].strip()


def write(slug: str, title: str, text: str) -> None:
    path = POSTS / f"{slug}.md"
    date = read(slug)[0]["date"] if path.exists() else datetime.now(timezone.utc).isoformat()
    matter = json.dumps({"title": title, "date": date}, indent=2)
    aside = POSTS / f".{slug}.new"
    aside.write_text(f"{matter}\n\n{text}\n")
    aside.replace(path)


def slug_of(title: str) -> str:
    """The part of the address that a title becomes; one that is taken gets a number."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "post"
    slug, number = plain, 1
    while (POSTS / f"{slug}.md").exists():
        number += 1
        slug = f"{plain}-{number}"
    return slug


FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Write</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 17px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
  input, textarea {{ font: inherit; width: 100%; box-sizing: border-box; }}
  button {{ font: inherit; }}
</style>
<p><a href="/">The blog</a> · <a href="/edit">All posts</a></p>
{body}
</html>
"""

FORM = """<form method="post" action="/edit/{slug}">
<p><label>Title <input name="title" value="{title}" required maxlength="200"></label></p>
<p><label>Text, in Markdown <textarea name="text" rows="20">{text}</textarea></label></p>
<p><button name="do" value="save">Save</button>{remove}</p>
</form>
"""

REMOVE = ' <button name="do" value="remove">Remove the post</button>'


def list_page() -> str:
    items = []
    for path in sorted(POSTS.glob("[a-z0-9]*.md")):
        title = html.escape(read(path.stem)[0]["title"])
        items.append(f'<li><a href="/edit/{path.stem}">{title}</a></li>')
    new = FORM.format(slug="", title="", text="", remove="")
    return f"<h1>Posts</h1><ul>{''.join(items)}</ul><h2>A new post</h2>{new}"


def post_page(slug: str) -> str:
    matter, text = read(slug)
    title = html.escape(matter["title"])
    form = FORM.format(slug=slug, title=title, text=html.escape(text), remove=REMOVE)
    return f"<h1>{title}</h1>{form}"


class Handler(SimpleHTTPRequestHandler):
    server_version = "blog"

    def __init__(self, *args, **named):
        super().__init__(*args, directory=str(PUBLIC), **named)

    def do_GET(self):
        slug = self.edited()
        if slug is None:
            super().do_GET()
        elif self.is_author():
            self.show(slug)

    def do_POST(self):
        slug = self.edited()
        if slug is None:
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)
        elif self.is_author() and self.is_own_page():
            self.change(slug)

    def edited(self) -> str | None:
        """`` for /edit, a name for /edit/name, None for the pages of the blog."""
        path = urlsplit(self.path).path.rstrip("/")
        if path == "/edit":
            return ""
        name = path.removeprefix("/edit/")
        return name if name != path and SLUG.fullmatch(name) else None

    def is_author(self) -> bool:
        wanted = f"author:{os.environ['BLOG_PASSWORD']}".encode()
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        if hmac.compare_digest(base64.b64encode(wanted), given.encode()):
            return True
        self.send_response(HTTPStatus.UNAUTHORIZED)
        self.send_header("WWW-Authenticate", 'Basic realm="The blog"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def is_own_page(self) -> bool:
        """Pages elsewhere may not send forms in the author's name."""
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc == self.headers.get("Host"):
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def show(self, slug: str) -> None:
        if slug != "" and not (POSTS / f"{slug}.md").exists():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = list_page() if slug == "" else post_page(slug)
        page = FRAME.format(body=body).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def change(self, slug: str) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST_POST:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        form = parse_qs(self.rfile.read(length).decode())
        title = form.get("title", [""])[0].strip()[:200]
        if form.get("do") == ["remove"]:
            (POSTS / f"{slug}.md").unlink(missing_ok=True)
        elif title != "":
            write(slug or slug_of(title), title, form.get("text", [""])[0])
        build()
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/edit")
        self.send_header("Content-Length", "0")
        self.end_headers()


def main() -> None:
    if not POSTS.exists():
        POSTS.mkdir(parents=True)
        write("welcome", "Welcome", "This is the first post. Change it, or remove it, at `/edit`.")
    build()
    address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
    ThreadingHTTPServer(address, Handler).serve_forever()


main()
