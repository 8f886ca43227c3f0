"""`Office`: an office folder that is open – settings, forms, registry, store – and knows no desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from archive.registry import Registry, sqlite_url
from archive.store import Store
from docgen.settings import SETTINGS_FILE, OfficeSettings, read_secret, read_settings
from forms.catalogue.library import FormLibrary
from forms.errors import NotAnOfficeError
from forms.profiles.region import RegionProfile
from forms.profiles.words import print_title

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from types import TracebackType

    from docgen.engine.press import Press
    from docgen.engine.press.fonts.book import Typeface
    from forms.law.calendar import WorkingCalendar


TEXT_FAMILY = "仿宋"
"""The family that the text of papers is set in (GB/T 9704—2012)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is at the desk; every record of an act names one."""

    name: str = ""
    """Empty: the filler named in office.toml."""


def local_now() -> datetime:
    """Return the present moment with the zone of this machine."""
    return datetime.now().astimezone()


def find_office(folder: str | Path | None) -> Path:
    """Return the office folder given, or the working folder or the nearest one above it.

    Raises:
        NotAnOfficeError: none of them holds `office.toml`.
    """
    if folder is not None:
        path = Path(folder).resolve()
        if not (path / SETTINGS_FILE).is_file():
            raise NotAnOfficeError(str(folder))
        return path
    here = Path.cwd()
    for path in (here, *here.parents):
        if (path / SETTINGS_FILE).is_file():
            return path
    raise NotAnOfficeError(str(here))


class _Missing:
    """The characters a typeface cannot draw from its own face."""

    def __init__(self, typeface: Typeface) -> None:
        self._typeface = typeface

    def __contains__(self, char: object) -> bool:
        drawn = self._typeface.draw(str(char))
        return drawn is None or drawn.is_fallback


class Office:
    """What is opened of an office folder; desks stand on it and are given it.

    It never prints, asks or exits. Who wants to act on the office and not only look at it opens
    `docgen.workspace.Workspace`, which first finishes what a crash interrupted.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: OfficeSettings,
        secret: bytes,
        registry: Registry,
        store: Store,
        actor: Actor,
        clock: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.secret = secret
        self.registry = registry
        self.store = store
        self.clock = clock
        self.actor = actor if actor.name else Actor(name=settings.filler.name or "经办人")
        self.profile = RegionProfile.load(settings.profile, folder / "profiles")
        self.library = FormLibrary.load(folder / "forms", wording=settings.wording, profile=self.profile)

    @classmethod
    def open(cls, folder: Path, *, actor: Actor | None = None, clock: Callable[[], datetime] = local_now) -> Self:
        """Open an office folder.

        Raises:
            NotAnOfficeError: no office.toml there.
            SettingsError: office.toml or the secret cannot be used.
            ArchiveBrokenError: registry or store cannot be opened.
        """
        settings = read_settings(folder)
        secret = read_secret(folder)
        url = settings.registry_url or registry_url(folder)
        registry = Registry.open(url, clock=lambda: clock().astimezone(UTC))
        try:
            store = Store.open(folder / "store", work=folder / "work")
            return cls(
                folder,
                settings=settings,
                secret=secret,
                registry=registry,
                store=store,
                actor=actor or Actor(),
                clock=clock,
            )
        except BaseException:
            registry.close()
            raise

    @property
    def now(self) -> datetime:
        """Present moment with its zone."""
        return self.clock()

    @property
    def today(self) -> date:
        """Present day; the one place where the clock becomes a day."""
        return self.clock().date()

    def title_of(self, form_code: str) -> str:
        """Return the title a form's papers carry in this office."""
        return print_title(self.library.get(form_code), self.settings.wording, self.profile).main

    @cached_property
    def press(self) -> Press:
        """The press with this office's choice of fonts."""
        from docgen.engine.press import FontBook, Press

        return Press(FontBook.default(installed=self.settings.installed_fonts))

    @property
    def missing_glyphs(self) -> Container[str]:
        """Characters that the face of the papers' text lacks (WRN-14)."""
        return _Missing(self.press.fonts.typeface(TEXT_FAMILY))

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Working days, with the years that the office has entered itself."""
        from forms.law.calendar import WorkingCalendar

        return WorkingCalendar.load(self.folder)

    def close(self) -> None:
        """Close what is open; safe to call twice."""
        self.registry.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def registry_url(folder: Path) -> str:
    """Return the URL of an office's own SQLite registry."""
    return sqlite_url(folder / "registry.db")
