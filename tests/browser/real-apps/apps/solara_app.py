"""A Solara app: Python answers a click."""

import solara

clicks = solara.reactive(0)


@solara.component
def Page():  # noqa: N802 - Solara looks for this name
    """Count clicks."""
    solara.Title("Solara here")
    solara.Button(f"Clicked: {clicks.value}", on_click=lambda: clicks.set(clicks.value + 1))
