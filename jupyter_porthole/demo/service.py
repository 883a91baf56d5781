"""The demo's FastAPI service: UTF-8 JSON, and a page that calls it by relative addresses."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

_PAGE = Path(__file__).with_name("service.html")

app = FastAPI(title="jupyter-porthole demo")


class AnalyzeRequest(BaseModel):
    """The body of POST /api/v1/analyze."""

    text: str = Field(max_length=1_000_000)


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
def index() -> str:
    """Return the page that calls the two endpoints below."""
    return _PAGE.read_text(encoding="utf-8")


@app.get("/api/v1/greet")
def greet(name: str = "远程开发者") -> dict[str, Any]:
    """Greet `name`."""
    return {"message": f"你好，{name}！", "name": name}


@app.post("/api/v1/analyze")
def analyze(request: AnalyzeRequest) -> dict[str, Any]:
    """Count characters and words (between spaces) of a text, and return the text as it came."""
    visible = [character for character in request.text if not character.isspace()]
    return {
        "text": request.text,
        "characters": len(request.text),
        "words": len(request.text.split()),
        "most_common": [
            {"character": character, "count": count}
            for character, count in Counter(visible).most_common(5)
        ],
    }
