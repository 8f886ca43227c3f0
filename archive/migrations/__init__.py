"""Alembic revisions of the registry, in the wheel, run by `archive.registry.upgrade`."""
