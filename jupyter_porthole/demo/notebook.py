"""The welcome notebook of the demo."""

from __future__ import annotations

from typing import Any

_INTRODUCTION = """\
# Two web apps behind Jupyter

Both run beside this Jupyter on `127.0.0.1`, and are reached through Jupyter's own address and
login. The launcher has a tile for each; here they are used from a notebook. *Run → Run All Cells*.
"""

_FRAME = """\
from IPython.display import IFrame

IFrame(src='{base_url}proxy/{site_port}/', width='100%', height=400)"""

_SERVER = """\
import requests
from jupyter_server.serverapp import list_running_servers

server = next(list_running_servers())
service = server['url'] + 'proxy/{service_port}/'
headers = {{'Authorization': 'token ' + server['token']}}"""

_GREET = """\
requests.get(service + 'api/v1/greet', params={'name': '远程开发者'}, headers=headers).json()"""

_ANALYZE = """\
text = '八月湖水平，涵虚混太清。'
answer = requests.post(service + 'api/v1/analyze', json={'text': text}, headers=headers).json()
assert answer['text'] == text
answer"""


def welcome_notebook(base_url: str, site_port: int, service_port: int) -> dict[str, Any]:
    """Return the notebook (nbformat 4.5) that shows both apps from code."""
    code = [
        _FRAME.format(base_url=base_url, site_port=site_port),
        _SERVER.format(service_port=service_port),
        _GREET,
        _ANALYZE,
    ]
    introduction = {
        "cell_type": "markdown",
        "id": "introduction",
        "metadata": {},
        "source": _INTRODUCTION,
    }
    return {
        "cells": [introduction, *(_code_cell(f"code-{i}", text) for i, text in enumerate(code))],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _code_cell(cell_id: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
