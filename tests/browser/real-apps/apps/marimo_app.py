import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    name = mo.ui.text(label="Name")
    name  # noqa: B018 - it is shown
    return (name,)


@app.cell
def _(name):
    f"Hello {name.value}!"  # noqa: B021 - so is this
    return


if __name__ == "__main__":
    app.run()
