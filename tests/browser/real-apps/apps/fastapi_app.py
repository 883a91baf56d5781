"""A FastAPI service as its documentation teaches it: no root path."""

import uvicorn
from fastapi import FastAPI

app = FastAPI(title="FastAPI here")


@app.get("/api/v1/greet")
def greet(name: str = "Ada") -> dict[str, str]:
    """Greet somebody."""
    return {"greeting": f"Hello {name}!"}


uvicorn.run(app, host="127.0.0.1", port=8701)
