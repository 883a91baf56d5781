"""The machinery of tests/run.py: standard library only, as it runs before any install."""
