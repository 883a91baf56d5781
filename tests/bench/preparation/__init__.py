"""Installs what the benchmark needs: standard library only, as it runs before any install."""
