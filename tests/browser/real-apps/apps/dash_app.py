"""A Dash app with a callback."""

import sys

from dash import Dash, Input, Output, dcc, html

app = Dash(title="Dash here")
app.layout = html.Div(
    [
        html.H1("Dash here"),
        html.Label("Name", htmlFor="name"),
        dcc.Input(id="name", value="Ada"),
        html.P(id="greeting"),
        dcc.Graph(figure={"data": [{"y": [1, 3, 2]}], "layout": {"title": {"text": "A graph"}}}),
    ]
)


@app.callback(Output("greeting", "children"), Input("name", "value"))
def greet(name):
    """Greet whoever is named."""
    return f"Hello {name}!"


app.run(port=int(sys.argv[1]))
