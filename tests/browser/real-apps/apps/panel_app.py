"""A Panel app: Python answers a change of a widget."""

import panel as pn

name = pn.widgets.TextInput(name="Name")


def greet(value: str) -> str:
    """Greet whoever is named."""
    return f"Hello {value}!" if value else "Nobody yet"


pn.Column("# Panel here", name, pn.bind(greet, name)).servable(title="Panel here")
