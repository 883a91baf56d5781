"""One app behind JupyterHub's login, or none, without a Jupyter around it.

The successor of `jupyter standaloneproxy`, with the same options.
"""
