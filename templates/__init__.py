"""Word templates, one folder a wording; built from `templates/source` by `make templates`."""
