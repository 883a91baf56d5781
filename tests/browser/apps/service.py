"""A FastAPI service as people write them: two endpoints with UTF-8 JSON, and a WebSocket."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, WebSocket
from fastapi.responses import FileResponse
from pydantic import BaseModel

app = FastAPI()


class AnalyzeRequest(BaseModel):
    """The body of POST /api/v1/analyze."""

    text: str


@app.get("/api/v1/greet")
def greet(name: str) -> dict[str, str]:
    """Greet `name`."""
    return {"message": f"你好，{name}！"}


@app.post("/api/v1/analyze")
def analyze(request: AnalyzeRequest) -> dict[str, str | int]:
    """Return the text as it came, and its length."""
    return {"text": request.text, "characters": len(request.text)}


@app.get("/")
def echo_page() -> FileResponse:
    """Return the page that opens the WebSocket."""
    return FileResponse(Path(__file__).with_name("echo.html"))


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    """Send each message back."""
    await websocket.accept()
    async for message in websocket.iter_text():
        await websocket.send_text(f"Echo: {message}")
