"""A NiceGUI app: Python answers a click, and there is a second page."""

import sys

from nicegui import ui


@ui.page("/")
def start() -> None:
    """Show a button."""
    greeting = ui.label("Nobody yet")
    ui.button("Greet", on_click=lambda: greeting.set_text("Hello Ada!"))
    ui.button("Go on", on_click=lambda: ui.navigate.to("/second"))
    ui.link("A page", "/second")


@ui.page("/second")
def second() -> None:
    """Show that this is another page."""
    ui.label("The second page")
    ui.link("Back", start)


ui.run(port=int(sys.argv[1]), show=False)
