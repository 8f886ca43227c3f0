"""Reads TOML tables strictly: every key is asked for by name and type, and none may be left over.

Offices write these files by hand, so a refusal names the file and the key, and says what was expected.
"""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from forms.errors import DataError

if TYPE_CHECKING:
    from enum import StrEnum
    from importlib.resources.abc import Traversable

E = TypeVar("E", bound="StrEnum")


class BadDataFileError(DataError):
    """A form, group or profile file cannot be used; the sentence names file and key."""

    code = "data-file.bad"

    def __init__(self, file: str, key: str, why: str) -> None:
        self.file = file
        self.key = key
        place = f"“{file}”的“{key}”" if key else f"“{file}”"
        super().__init__(f"{place}{why}。请改正这个文件后再试。")


def read_toml(file: Traversable) -> Table:
    """Read a file as one table.

    Raises:
        BadDataFileError: it is not UTF-8 or not TOML.
    """
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadDataFileError(file.name, "", "不是 UTF-8 编码") from None
    except tomllib.TOMLDecodeError as error:
        raise BadDataFileError(file.name, "", f"不是合格的 TOML 文件（{error}）") from None
    return Table(data, file=file.name)


class Table:
    """One table of a TOML file; `close()` refuses what nobody asked for."""

    def __init__(self, data: dict[str, Any], *, file: str, path: str = "") -> None:
        self.file = file
        self.path = path
        self._data = dict(data)

    def bad(self, key: str, why: str) -> BadDataFileError:
        """Build the refusal of one key."""
        return BadDataFileError(self.file, f"{self.path}.{key}" if self.path and key else self.path or key, why)

    def has(self, key: str) -> bool:
        """Tell whether a key is there and not yet taken."""
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """Return the keys not yet taken, in file order."""
        return tuple(self._data)

    def _take(self, key: str, kind: type | tuple[type, ...], expected: str, *, optional: bool) -> Any:
        if key not in self._data:
            if optional:
                return None
            raise self.bad(key, "没有写，这一项是必需的")
        value = self._data.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise self.bad(key, f"应当是{expected}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text; required unless a default is given."""
        value = self._take(key, str, "文字（写在引号里）", optional=default is not None)
        return str(default) if value is None else str(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Take true or false."""
        value = self._take(key, bool, " true 或 false", optional=True)
        return default if value is None else bool(value)

    def number(self, key: str, default: int | None = None) -> int:
        """Take a whole number; required unless a default is given."""
        value = self._take(key, int, "整数", optional=default is not None)
        return int(default or 0) if value is None else int(value)

    def day(self, key: str) -> date | None:
        """Take a day, or ``None`` when it is not there."""
        value = self._take(key, date, "日期（例如 2026-03-05）", optional=True)
        return value if isinstance(value, date) else None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Take a list of texts; one text alone counts as a list of one."""
        value = self._take(key, (list, str), "文字的列表", optional=not required)
        if value is None:
            return ()
        entries = [value] if isinstance(value, str) else value
        if not all(isinstance(v, str) for v in entries):
            raise self.bad(key, "应当是文字的列表")
        return tuple(entries)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """Take a member of a closed set by its stored code."""
        value = self._take(key, str, "文字（写在引号里）", optional=default is not None)
        if value is None and default is not None:
            return default
        for member in kind:
            if member.value == value:
                return member
        raise self.bad(key, f"写的是“{value}”，只能是：{'、'.join(m.value for m in kind)}")

    def table(self, key: str) -> Table:
        """Take a table inside; an empty one when it is not there."""
        value = self._take(key, dict, "一个表", optional=True)
        return Table(value or {}, file=self.file, path=f"{self.path}.{key}" if self.path else key)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Take a list of tables; empty when it is not there."""
        value = self._take(key, list, "表的列表", optional=True) or []
        prefix = f"{self.path}.{key}" if self.path else key
        found: list[Table] = []
        for number, entry in enumerate(value, start=1):
            if not isinstance(entry, dict):
                raise self.bad(key, "应当是表的列表")
            name = entry.get("name") or entry.get("key") or entry.get("role") or entry.get("code") or entry.get("use")
            label = name if isinstance(name, str) else str(number)
            found.append(Table(entry, file=self.file, path=f"{prefix}[{label}]"))
        return tuple(found)

    def mapping(self, key: str) -> dict[str, str]:
        """Take a table of texts."""
        inner = self.table(key)
        return {name: inner.text(name) for name in inner.keys()}  # noqa: SIM118  Table is no mapping

    def rest(self) -> dict[str, Any]:
        """Take everything left."""
        data, self._data = self._data, {}
        return data

    def close(self) -> None:
        """Refuse keys that nobody asked for.

        Raises:
            BadDataFileError: naming the first of them.
        """
        for key in self._data:
            raise self.bad(key, "不是认识的项目名，可能写错了字")
