"""A Bokeh server's app: Python answers a change of a widget."""

from bokeh.io import curdoc
from bokeh.layouts import column
from bokeh.models import Div, TextInput
from bokeh.plotting import figure

name = TextInput(title="Name")
greeting = Div(text="Nobody yet")
plot = figure(title="A plot", height=200)
plot.line([1, 2, 3], [1, 3, 2])


def greet(attribute, old, new):
    """Greet whoever is named."""
    greeting.text = f"Hello {new}!"


name.on_change("value", greet)
curdoc().add_root(column(name, greeting, plot))
curdoc().title = "Bokeh here"
