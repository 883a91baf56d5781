"""A Shiny app: an output follows an input."""

from shiny.express import input, render, ui

ui.page_opts(title="Shiny here")
ui.input_text("name", "Name", "Ada")


@render.text
def greeting():
    """Greet whoever is named."""
    return f"Hello {input.name()}!"
