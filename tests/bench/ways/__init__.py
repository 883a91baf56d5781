"""The ways to the app: each a way of reaching it, with its processes."""
