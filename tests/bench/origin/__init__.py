"""The app behind all ways: nginx for files, Node for uploads and WebSockets."""
