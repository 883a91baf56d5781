"""A Flask app with links, a redirect and a form, all by `url_for`."""

import sys

from flask import Flask, redirect, render_template_string, request, url_for

app = Flask(__name__)

START = """
<!doctype html>
<title>Flask here</title>
<style>h1 { background-image: url("{{ url_for('picture') }}") }</style>
<h1>Flask here</h1>
<img src="{{ url_for('picture') }}" alt="A picture">
<a href="{{ url_for('greeting', name='Ada') }}">A page</a>
<a href="{{ url_for('moved') }}">A moved page</a>
<a href="{{ url_for('styled') }}">A styled page</a>
<form method="post" action="{{ url_for('greet') }}">
  <label>Name <input name="name"></label>
  <button>Greet</button>
</form>
"""
GREETING = """
<!doctype html>
<title>Greeting</title>
<h1>Hello {{ name }}!</h1>
<a href="{{ url_for('start') }}">Back</a>
"""
STYLED = """
<!doctype html>
<title>A styled page</title>
<link rel="stylesheet" href="{{ url_for('style') }}">
<h1>A styled page</h1>
"""
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<rect width="40" height="20" fill="green"/></svg>'
)


@app.get("/")
def start():
    """Show what there is."""
    return render_template_string(START)


@app.get("/greeting/<name>")
def greeting(name):
    """Greet somebody."""
    return render_template_string(GREETING, name=name)


@app.get("/moved")
def moved():
    """Redirect."""
    return redirect(url_for("greeting", name="Grace"))


@app.post("/greet")
def greet():
    """Take the form, and redirect to where a reload is harmless."""
    return redirect(url_for("greeting", name=request.form["name"]))


@app.get("/styled")
def styled():
    """Show a page with a style sheet."""
    return render_template_string(STYLED)


@app.get("/style.css")
def style():
    """Name a picture by an absolute path."""
    address = url_for("picture", of="style")
    return f"h1 {{ background-image: url({address}) }}", {"Content-Type": "text/css"}


@app.get("/picture.svg")
def picture():
    """Show green."""
    return PICTURE, {"Content-Type": "image/svg+xml"}


app.run(port=int(sys.argv[1]))
