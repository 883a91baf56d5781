"""A Gradio app whose function returns a text and a picture."""

import sys

import gradio as gr
from PIL import Image


def greet(name: str) -> tuple[str, Image.Image]:
    """Return a greeting, and a picture that the app serves as a file."""
    return f"Hello {name}!", Image.new("RGB", (40, 20), "green")


with gr.Blocks() as demo:
    name = gr.Textbox(label="Name")
    greeting = gr.Textbox(label="Greeting")
    picture = gr.Image(label="Picture")
    gr.Button("Greet").click(greet, name, [greeting, picture])

demo.launch(server_port=int(sys.argv[1]))
