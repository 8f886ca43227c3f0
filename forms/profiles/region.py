"""A region profile: what one plan says about words, organs, papers and rhythm, as data.

Source: forms.md §9. Five built-in profiles (one a plan); an office's own ``profiles/<key>.toml`` is
read before the built-in one of the same key. A profile chooses among what the law allows and can
switch off nothing that a statute makes due.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING

from forms.errors import NotFoundError
from forms.law.sources import SOURCES
from forms.profiles.wording import WORDINGS, Wording
from forms.quarter.columns import QuarterRules
from forms.strict import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from forms.strict import Table


class UnknownProfileError(NotFoundError):
    """No profile of that key."""

    code = "profile.unknown"

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        self.key = key
        super().__init__(f"没有“{key}”这个地区方案。现有：{'、'.join(known)}。")


class UnknownOrganError(NotFoundError):
    """A profile names no organ of that key on that day."""

    code = "profile.unknown-organ"

    def __init__(self, profile: str, key: str) -> None:
        self.key = key
        super().__init__(f"地区方案“{profile}”里没有写明“{key}”是哪个单位，请在方案文件里补上。")


class Mark(StrEnum):
    """How a form stands in the plan (forms.md §9.2)."""

    NAMED = "named"
    """● named in the plan."""
    FOLLOWS = "follows"
    """○ follows from its text."""
    STATUTE = "statute"
    """L: not in the plan, due by statute anyway."""
    OWN = "own"
    """Not in plan or statute; ours, to make the others work."""
    OFF = "off"
    """– offered, off by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileForm:
    """What the plan says about one form."""

    code: str
    mark: Mark
    statutory: bool
    """Due by statute besides; cannot be switched off."""
    title: str = ""
    """Title as prescribed; empty: the form's own."""
    attachment: int = 0
    note: str = ""

    @property
    def is_on(self) -> bool:
        """Part of the dossier by default."""
        return self.statutory or self.mark is not Mark.OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """A department that receives or issues papers, with the days its name is valid."""

    key: str
    name: str
    """Full present name, as addressed."""
    plan_name: str = ""
    """What the plan calls it; for matching older papers."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day of the name; ``None``: still valid."""

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the name held on a day, both ends counted."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A front-line post: the local name and the national one since 民发〔2019〕34号."""

    key: str
    local: str
    national: str

    @property
    def printed(self) -> str:
        """Both names where they differ."""
        if not self.local or self.local == self.national:
            return self.national
        return f"{self.local}（{self.national}）" if self.national else self.local


class Every(StrEnum):
    """How often something recurs."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"
    DYNAMIC = "dynamic"
    """As things change; the plan names no dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """One recurring date (forms.md §9.3)."""

    key: str
    title: str
    every: Every
    month: int = 0
    day: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionName:
    """A region code with the years it was in use (V-ID-REGION)."""

    code: str
    name: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Who is a left-behind child by this plan."""

    text: str
    rural_hukou: bool
    """The plan needs 农村户口."""
    rural_residence: bool
    """The plan needs a home in the countryside (农区)."""
    under_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionProfile:
    """Everything a region decides."""

    key: str
    name: str
    plan: str
    """Key in `forms.law.sources`."""
    level: str
    region_code: str
    prefecture: str
    province: str
    wording: Wording
    words: Mapping[str, str]
    """Region words for texts: ``group``, ``province``, ``town``, ``village``."""
    organs: tuple[Organ, ...]
    posts: tuple[Post, ...]
    recipients: Mapping[str, tuple[str, ...]]
    """Form code -> keys of organs and units that receive it, 主送 first."""
    copies: Mapping[str, tuple[str, ...]]
    """Form code -> copy keys, where the region departs from the form's own."""
    forms: Mapping[str, ProfileForm]
    rhythm: tuple[Rhythm, ...]
    thresholds: Mapping[str, int]
    definition: Definition
    codes: tuple[RegionName, ...]
    five_duties: tuple[str, ...]
    """Headings of C2."""
    name_variants: tuple[str, ...]
    """Other spellings in scans of the plan, for matching only."""
    quarter: QuarterRules = field(default_factory=QuarterRules)
    """What the region decides about its quarterly table (§8.8)."""

    @classmethod
    def load(cls, key: str, office_profiles: Path | None = None) -> RegionProfile:
        """Read a profile, the office's own before the built-in one.

        Raises:
            UnknownProfileError: neither folder has it.
            BadDataFileError: the file cannot be used.
        """
        for folder in _folders(office_profiles):
            file = folder.joinpath(f"{key}.toml")
            if file.is_file():
                return _read(read_toml(file))
        raise UnknownProfileError(key, cls.available(office_profiles))

    @staticmethod
    def available(office_profiles: Path | None = None) -> tuple[str, ...]:
        """Return the keys that can be loaded, sorted."""
        return tuple(
            sorted(
                {f.name[:-5] for d in _folders(office_profiles) if d.is_dir() for f in d.iterdir() if _is_profile(f)}
            )
        )

    def form(self, code: str) -> ProfileForm | None:
        """Return what the plan says about a form; ``None`` for an office's own form."""
        return self.forms.get(code)

    def organ(self, key: str, on: date) -> Organ:
        """Return the organ under the name valid on a day.

        Raises:
            UnknownOrganError: none.
        """
        for organ in self.organs:
            if organ.key == key and organ.is_valid_on(on):
                return organ
        raise UnknownOrganError(self.name, key)

    def post(self, key: str) -> Post:
        """Return a post: ``village``, ``town`` or ``school``."""
        return next((p for p in self.posts if p.key == key), Post(key=key, local="", national=""))

    def present_name(self, text: str, on: date) -> str:
        """Return the present name of an organ the plan calls otherwise; other texts unchanged."""
        for organ in self.organs:
            if text in {organ.name, organ.plan_name}:
                return next((o.name for o in self.organs if o.key == organ.key and o.is_valid_on(on)), organ.name)
        return text


def _folders(office_profiles: Path | None) -> tuple[Traversable, ...]:
    built_in = files("forms.profiles")
    return (built_in,) if office_profiles is None else (office_profiles, built_in)


def _is_profile(file: Traversable) -> bool:
    return file.name.endswith(".toml") and not file.name.startswith(".")


def _read(t: Table) -> RegionProfile:
    plan = t.text("plan")
    if plan not in SOURCES:
        raise t.bad("plan", f"写的是“{plan}”，没有这个依据")
    wording = t.text("wording", "law_2020")
    if wording not in WORDINGS:
        raise t.bad("wording", f"写的是“{wording}”，只能是：{'、'.join(WORDINGS)}")
    definition = t.table("definition")
    recipients = t.table("recipients")
    copies = t.table("copies")
    thresholds = t.table("thresholds")
    profile = RegionProfile(
        key=t.text("key"),
        name=t.text("name"),
        plan=plan,
        level=t.text("level"),
        region_code=t.text("region_code"),
        prefecture=t.text("prefecture"),
        province=t.text("province"),
        wording=WORDINGS[wording],
        words=t.mapping("words"),
        organs=tuple(_organ(o) for o in t.tables("organs")),
        posts=tuple(_post(p) for p in t.tables("posts")),
        recipients={k: recipients.texts(k) for k in recipients.keys()},  # noqa: SIM118  Table is no mapping
        copies={k: copies.texts(k) for k in copies.keys()},  # noqa: SIM118
        forms=_forms(t),
        rhythm=tuple(_rhythm(r) for r in t.tables("rhythm")),
        thresholds={k: thresholds.number(k) for k in thresholds.keys()},  # noqa: SIM118
        definition=Definition(
            text=definition.text("text"),
            rural_hukou=definition.flag("rural_hukou"),
            rural_residence=definition.flag("rural_residence"),
            under_age=definition.number("under_age", 16),
        ),
        codes=tuple(_code(c) for c in t.tables("codes")),
        five_duties=t.texts("five_duties"),
        name_variants=t.texts("name_variants"),
        quarter=QuarterRules.read(t.table("quarter")),
    )
    definition.close()
    t.close()
    return profile


def _forms(t: Table) -> dict[str, ProfileForm]:
    sets = t.table("forms")
    marks: dict[str, Mark] = {}
    statute = sets.texts("statute")
    for mark in (Mark.NAMED, Mark.FOLLOWS, Mark.OWN, Mark.OFF):
        for code in sets.texts(mark.value):
            if code in marks:
                raise sets.bad(mark.value, f"里的“{code}”重复出现")
            marks[code] = mark
    for code in statute:
        if marks.get(code) is Mark.OFF:
            raise sets.bad("statute", f"里的“{code}”是法律要求的，不能同时写在 off 里")
        marks.setdefault(code, Mark.STATUTE)
    sets.close()
    rows = {code: ProfileForm(code=code, mark=mark, statutory=code in statute) for code, mark in sorted(marks.items())}
    for row in t.tables("form"):
        code = row.text("code")
        if code not in rows:
            raise row.bad("code", f"写的是“{code}”，上面的 forms 里没有")
        base = rows[code]
        rows[code] = ProfileForm(
            code=code,
            mark=base.mark,
            statutory=base.statutory,
            title=row.text("title", ""),
            attachment=row.number("attachment", 0),
            note=row.text("note", ""),
        )
        row.close()
    return rows


def _organ(t: Table) -> Organ:
    organ = Organ(
        key=t.text("key"),
        name=t.text("name"),
        plan_name=t.text("plan_name", ""),
        valid_from=t.day("valid_from"),
        valid_to=t.day("valid_to"),
    )
    t.close()
    return organ


def _post(t: Table) -> Post:
    post = Post(key=t.text("key"), local=t.text("local", ""), national=t.text("national", ""))
    t.close()
    return post


def _rhythm(t: Table) -> Rhythm:
    rhythm = Rhythm(
        key=t.text("key"),
        title=t.text("title"),
        every=t.choice("every", Every),
        month=t.number("month", 0),
        day=t.number("day", 0),
        note=t.text("note", ""),
    )
    t.close()
    return rhythm


def _code(t: Table) -> RegionName:
    code = RegionName(
        code=t.text("code"), name=t.text("name"), valid_from=t.day("valid_from"), valid_to=t.day("valid_to")
    )
    t.close()
    return code
