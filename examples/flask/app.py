import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return f"Hello from Flask, release {os.environ['HOP3_RELEASE']}\n"
