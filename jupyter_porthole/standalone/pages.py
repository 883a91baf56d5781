"""Pages for people who can't be let in."""

from __future__ import annotations

from jinja2 import DictLoader, Environment

#: jupyter_server's own pages load files from paths that are the app's here.
ERROR_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ status_code }} {{ status_message }}</title>
</head>
<body>
<h1>{{ status_code }} {{ status_message }}</h1>
<p>{{ message }}</p>
</body>
</html>
"""

#: Allows such a page nothing at all.
ERROR_PAGE_POLICY = "default-src 'none'; frame-ancestors 'self'"


def error_pages() -> Environment:
    """Return the templates, by the names that :meth:`JupyterHandler.write_error` asks for."""
    return Environment(loader=DictLoader({"error.html": ERROR_PAGE}), autoescape=True)
