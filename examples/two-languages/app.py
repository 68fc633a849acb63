"""Serves the pages that Node has made, and counts in the data directory."""

import http.server
import os
import pathlib

PAGES = pathlib.Path(__file__).parent / "dist"
VISITS = pathlib.Path(os.environ["HOP3_DATA_DIR"]) / "visits"


class App(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=str(PAGES))

    def do_GET(self):
        if self.path != "/visits":
            return super().do_GET()
        with VISITS.open("a") as file:
            file.write(".")
        body = f"visits: {VISITS.stat().st_size > 0}\n".encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
http.server.ThreadingHTTPServer(address, App).serve_forever()
