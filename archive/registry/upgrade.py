"""Bring a registry to the newest revision: one transaction, so a failure leaves the old one whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect, schema
from archive.dialect import RegistryBrokenError
from forms.errors import RefusedError

if TYPE_CHECKING:
    from alembic.config import Config

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


class RegistryTooNewError(RefusedError):
    """The registry was upgraded by a newer program than this one."""

    code = "registry.too-new"

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"这个办公文件夹由更新版本的程序保存（登记库版本 {revision}），现在的程序不认识，数据没有动。请先升级程序。"
        )


def revision_of(connection: sa.Connection) -> str:
    """Return the revision a registry is at; empty for a database without tables of ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar() or ""


def upgrade(connection: sa.Connection) -> None:
    """Run the revisions that are missing, inside the caller's transaction.

    Raises:
        RegistryTooNewError: the registry is at a revision this program does not have.
    """
    present = revision_of(connection)
    if present == schema.HEAD:
        return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present and present not in known:
        raise RegistryTooNewError(present)
    command.upgrade(config, "head")
    if not dialect.is_sound(connection):  # keys were not watched while tables were copied
        raise RegistryBrokenError(Path(connection.engine.url.database or "").name)


def build(connection: sa.Connection, revision: str) -> None:
    """Make the tables of a revision in an empty database, inside the caller's transaction.

    Raises:
        RegistryTooNewError: this program does not have the revision.
    """
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    if revision not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        raise RegistryTooNewError(revision)
    command.upgrade(config, revision)


def alembic_config(connection: sa.Connection) -> Config:
    """Return Alembic's settings for one open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
