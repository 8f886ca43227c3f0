"""`Workspace`: opens an office folder, owns its parts, heals what a crash left half-way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from archive.registry import Registry, sqlite_url
from archive.store import Store
from docgen.settings import SETTINGS_FILE, OfficeSettings, read_secret, read_settings
from forms.errors import NotAnOfficeError
from forms.library import FormLibrary
from forms.profile import RegionProfile
from forms.wording import print_title

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from types import TracebackType

    from docgen.engine.press import Press
    from docgen.engine.press.fonts.book import Typeface
    from docgen.workspace.adopting import AdoptionDesk
    from docgen.workspace.binding import BindingDesk
    from docgen.workspace.cases import CaseDesk
    from docgen.workspace.checking import CheckDesk
    from docgen.workspace.deciding import DecidingDesk
    from docgen.workspace.describing import DescribingDesk
    from docgen.workspace.disposing import DisposalDesk
    from docgen.workspace.dossiers import DossierDesk
    from docgen.workspace.duties import Clock
    from docgen.workspace.duty_desk import DutyDesk
    from docgen.workspace.filing import FilingDesk
    from docgen.workspace.finding import SearchDesk
    from docgen.workspace.papers import PaperDesk
    from docgen.workspace.people import PeopleDesk
    from docgen.workspace.quarter.desk import QuarterDesk
    from docgen.workspace.quarter.table_desk import TableDesk
    from docgen.workspace.recognising import TextDesk
    from docgen.workspace.recording import RecordDesk
    from docgen.workspace.safety import SafetyDesk
    from docgen.workspace.serving import ServiceDesk
    from docgen.workspace.transferring import TransferDesk


TEXT_FAMILY = "仿宋"
"""The family that the text of papers is set in (GB/T 9704—2012)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is at the desk; every record of an act names one."""

    name: str = ""
    """Empty: the filler named in office.toml."""


def _local_now() -> datetime:
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


class Workspace:
    """An open office: settings, forms, registry, store and index behind a few desks."""

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
    def open(cls, folder: Path, *, actor: Actor | None = None, clock: Callable[[], datetime] = _local_now) -> Self:
        """Open an office folder and finish what a crash interrupted.

        Raises:
            NotAnOfficeError: no office.toml there.
            SettingsError: office.toml or the secret cannot be used.
            ArchiveBrokenError: registry or store cannot be opened.
        """
        settings = read_settings(folder)
        secret = read_secret(folder)
        registry = Registry.open(
            settings.registry_url or registry_url(folder), clock=lambda: clock().astimezone(UTC)
        )  # fmt: skip
        try:
            store = Store.open(folder / "store", work=folder / "work")
            workspace = cls(
                folder,
                settings=settings,
                secret=secret,
                registry=registry,
                store=store,
                actor=actor or Actor(),
                clock=clock,
            )
            workspace.recover()
        except BaseException:
            registry.close()
            raise
        return workspace

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

    def recover(self) -> None:
        """Finish or forget what a crash left between store and registry."""
        from docgen.workspace.disposing import carry_through
        from docgen.workspace.journal import recover

        recover(self)
        carry_through(self)

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
    def people(self) -> PeopleDesk:
        """人员."""
        from docgen.workspace.people import PeopleDesk

        return PeopleDesk(self)

    @cached_property
    def papers(self) -> PaperDesk:
        """Making papers."""
        from docgen.workspace.papers import PaperDesk

        return PaperDesk(self)

    @cached_property
    def filing(self) -> FilingDesk:
        """Taking signed scans back."""
        from docgen.workspace.filing import FilingDesk

        return FilingDesk(self)

    @cached_property
    def deciding(self) -> DecidingDesk:
        """What a person decides about the desk."""
        from docgen.workspace.deciding import DecidingDesk

        return DecidingDesk(self)

    @cached_property
    def recognising(self) -> TextDesk:
        """Text of pages that are not ours."""
        from docgen.workspace.recognising import TextDesk

        return TextDesk(self)

    @cached_property
    def recording(self) -> RecordDesk:
        """Typing in what was read from signed papers."""
        from docgen.workspace.recording import RecordDesk

        return RecordDesk(self)

    @cached_property
    def safety(self) -> SafetyDesk:
        """Backups and snapshots."""
        from docgen.workspace.safety import SafetyDesk

        return SafetyDesk(self)

    @cached_property
    def finding(self) -> SearchDesk:
        """Search and its index."""
        from docgen.workspace.finding import SearchDesk

        return SearchDesk(self)

    @cached_property
    def dossiers(self) -> DossierDesk:
        """一人一档."""
        from docgen.workspace.dossiers import DossierDesk

        return DossierDesk(self)

    @cached_property
    def serving(self) -> ServiceDesk:
        """送达."""
        from docgen.workspace.serving import ServiceDesk

        return ServiceDesk(self)

    @cached_property
    def cases(self) -> CaseDesk:
        """案卷."""
        from docgen.workspace.cases import CaseDesk

        return CaseDesk(self)

    @cached_property
    def duty_clock(self) -> Clock:
        """How days are counted here: the office's calendar and the region's thresholds."""
        from docgen.workspace.duties import Clock
        from forms.calendar import WorkingCalendar

        return Clock(calendar=WorkingCalendar.load(self.folder), profile=self.profile)

    @cached_property
    def duties(self) -> DutyDesk:
        """到期事项."""
        from docgen.workspace.duty_desk import DutyDesk

        return DutyDesk(self)

    @cached_property
    def quarter(self) -> QuarterDesk:
        """季度名册和汇总表."""
        from docgen.workspace.quarter.desk import QuarterDesk

        return QuarterDesk(self)

    @cached_property
    def tables(self) -> TableDesk:
        """报送, 核实, 汇总."""
        from docgen.workspace.quarter.table_desk import TableDesk

        return TableDesk(self)

    @cached_property
    def describing(self) -> DescribingDesk:
        """档号, 归档文件目录, 归档章."""
        from docgen.workspace.describing import DescribingDesk

        return DescribingDesk(self)

    @cached_property
    def binding(self) -> BindingDesk:
        """One child's papers as a volume."""
        from docgen.workspace.binding import BindingDesk

        return BindingDesk(self)

    @cached_property
    def disposing(self) -> DisposalDesk:
        """鉴定, 销毁."""
        from docgen.workspace.disposing import DisposalDesk

        return DisposalDesk(self)

    @cached_property
    def transferring(self) -> TransferDesk:
        """移交."""
        from docgen.workspace.transferring import TransferDesk

        return TransferDesk(self)

    @cached_property
    def adopting(self) -> AdoptionDesk:
        """Old scans taken over."""
        from docgen.workspace.adopting import AdoptionDesk

        return AdoptionDesk(self)

    @cached_property
    def checking(self) -> CheckDesk:
        """Proof that the office is whole."""
        from docgen.workspace.checking import CheckDesk

        return CheckDesk(self)

    def close(self) -> None:
        """Close what is open; safe to call twice."""
        if "finding" in self.__dict__:
            self.finding.close()
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
