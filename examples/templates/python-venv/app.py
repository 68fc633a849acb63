"""Counts what it is sent, and says which Python does it."""

import platform
import sys

from flask import Flask, request
from markupsafe import Markup, escape

app = Flask(__name__)


@app.get("/")
def home():
    name = escape(request.args.get("name", "you"))
    return Markup(f"<h1>Hello {name}</h1>\n<p>Python {platform.python_version()}, {sys.prefix}</p>\n")


@app.post("/count")
def count():
    return {"words": len(request.get_data(as_text=True).split())}
