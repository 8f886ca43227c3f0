"""Run by Alembic with a connection that `archive.registry.upgrade` opened; never from a shell."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from archive.schema import UtcDateTime, metadata


def _render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write revisions in plain types, so that they go on working when our classes change."""
    del autogen_context
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_render,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",  # it alters by copying
    transactional_ddl=True,
)
context.run_migrations()
