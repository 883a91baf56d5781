"""`jupyter porthole demo`: JupyterLab with two example apps behind it, on one machine."""
