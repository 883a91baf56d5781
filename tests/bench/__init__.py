"""What the proxies in front of an app cost, measured in one run: see run.py."""
