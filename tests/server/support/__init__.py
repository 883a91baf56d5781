"""What the tests need around them: real Jupyters, apps and clients."""
