"""录入: what the pen wrote on a signed paper is typed in after reading the scan, and counts from then on.

The issued inputs never change. Each reading is a file of its own in the paper's object
(`readings-v<N>-<n>.json`) and a row of the registry; a correction is a further reading. The file says
everything the row says, so that the store alone can bring it back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from archive.registry import decode_values, encode_values
from archive.registry.paper_states import UnsignedVersionError
from archive.registry.values import decode_signature, encode_signature
from archive.store import paper_object
from docgen.workspace.duties.effects import apply_effects
from docgen.workspace.duties.opening import Clock, move_duties
from docgen.workspace.office.objects import sha512
from docgen.workspace.office.reports import Report, problems_json
from docgen.workspace.papers.typed import find_field
from docgen.workspace.people.choosing import one_paper
from docgen.workspace.people.gathering import facts_of_child, facts_of_village
from forms.cases.facts import as_rows, as_struct
from forms.errors import DataError, NotFoundError
from forms.filling.reading import read_back, to_read
from forms.law.time import print_date
from forms.problems import blocking
from forms.spec import UnknownFieldError
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from archive.store import Store
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office
    from forms.cases.facts import Facts, Signature, Value
    from forms.problems import Problem
    from forms.spec import FormSpec

FORMAT = 1


class NothingReadError(DataError):
    """Nothing was typed."""

    code = "reading.empty"

    def __init__(self) -> None:
        super().__init__("没有写要录入的内容。请写 --set 栏目=内容、--signed-on 日期 或 --signature 签字处=方式。")


def readings_path(version: int, reading: int) -> str:
    """Return the logical path of a reading; each is a file of its own and never replaced."""
    return f"readings-v{version}-{reading}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFile:
    """One reading as it is kept in the store."""

    version: int
    reading: int
    read_at: datetime
    read_by: str
    signed_on: date | None
    values: Mapping[str, Value]
    signatures: tuple[Signature, ...]

    def as_bytes(self) -> bytes:
        """Return the file's content: UTF-8, keys sorted, one line a value."""
        data = {
            "format": FORMAT,
            "version": self.version,
            "reading": self.reading,
            "read_at": self.read_at.isoformat(),
            "read_by": self.read_by,
            "signed_on": self.signed_on.isoformat() if self.signed_on else "",
            "values": encode_values(self.values),
            "signatures": [encode_signature(s) for s in self.signatures],
        }
        return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def register(self, tx: Tx, store: Store, paper_uid: str) -> None:
        """Record the reading and bind its file."""
        path = readings_path(self.version, self.reading)
        tx.papers.add_files(paper_uid, self.version, {path: store.paths(paper_object(paper_uid))[path]})
        tx.papers.add_reading(
            paper_uid,
            self.version,
            by=self.read_by,
            values=self.values,
            signatures=self.signatures,
            signed_on=self.signed_on,
            at=self.read_at,
        )


def parse_reading(data: bytes) -> ReadingFile:
    """Read the bytes of a reading.

    Raises:
        ValueError: not of this format.
    """
    raw: dict[str, Any] = json.loads(data)
    if raw.pop("format", None) != FORMAT:
        raise ValueError("a reading of an unknown format")
    return ReadingFile(
        version=raw["version"],
        reading=raw["reading"],
        read_at=datetime.fromisoformat(raw["read_at"]),
        read_by=raw["read_by"],
        signed_on=date.fromisoformat(raw["signed_on"]) if raw["signed_on"] else None,
        values=decode_values(raw["values"]),
        signatures=tuple(decode_signature(s) for s in raw["signatures"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingReport(Report):
    """Outcome of one `papers record`."""

    uid: str
    number: str
    title: str
    version: int
    reading: int
    """From 1; 0: nothing was kept."""
    fields: tuple[str, ...]
    """Titles of what was typed in."""
    open_fields: tuple[str, ...]
    """Titles of what the pen wrote and nobody has typed in yet."""
    problems: tuple[Problem, ...]

    @property
    def is_kept(self) -> bool:
        """The reading is in store and registry."""
        return self.reading > 0

    @property
    def summary(self) -> str:
        """One line for a person."""
        name = f"{self.title} {self.number or self.uid}"
        if not self.is_kept:
            return f"没有录入：{name}。请按提示更正后再试。"
        again = "（更正）" if self.reading > 1 else ""
        left = f"还可以录入：{'、'.join(self.open_fields)}。" if self.open_fields else ""
        return f"已录入{again}：{name} 第 {self.version} 版，{'、'.join(self.fields) or '签署情况'}。{left}"

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        plain = {name: getattr(self, name) for name in ("uid", "number", "title", "version", "reading")}
        return plain | {
            "fields": list(self.fields),
            "open_fields": list(self.open_fields),
            "problems": problems_json(self.problems),
        }


class RecordDesk:
    """Takes down what was read from signed papers."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding

    def record(
        self,
        number: str,
        *,
        typed: Mapping[str, str] | None = None,
        signed_on: date | None = None,
        signatures: Sequence[tuple[str, str]] = (),
    ) -> ReadingReport:
        """Keep one reading of a paper's signed version.

        Args:
            number: 文号 or uid of the paper.
            typed: Field identifier or title → text as it stands on the paper.
            signed_on: Day of the last signature.
            signatures: Role or title of a signature place → how it was signed.

        Raises:
            PaperNotFoundError: no such paper.
            UnsignedVersionError: no signed scan of it is in the archive (REF-22).
            UnknownFieldError: the form has no such field.
            NothingReadError: nothing was typed.
        """
        office = self._office
        if not typed and signed_on is None and not signatures:
            raise NothingReadError
        with office.registry.begin() as tx:
            paper = one_paper(tx, number)
            if not paper.signed_version:
                raise UnsignedVersionError(paper.uid, paper.version)
            version = tx.papers.version(paper.uid, paper.signed_version)
            spec = office.library.get(paper.form_code)
            found = read_back(
                spec,
                self._facts(tx, paper),
                version.values,
                version.known,
                _by_identifier(spec, typed or {}),
                signatures=signatures,
                signed_on=signed_on,
                today=office.today,
                made_on=version.made_on,
                profile=office.profile,
            )
            if blocking(found.problems):
                return self._report(paper, version, spec, found.values, found.problems, reading=0)
            kept = ReadingFile(
                version=version.version,
                reading=len(version.readings) + 1,
                read_at=tx.now,
                read_by=office.actor.name,
                signed_on=signed_on or _day(spec, found.values),
                values=found.values,
                signatures=found.signatures,
            )
            path = readings_path(kept.version, kept.reading)
            data = kept.as_bytes()
            office.store.put(
                paper_object(paper.uid), {path: data}, message="录入签署内容", user=office.actor.name, at=office.now
            )
            assert office.store.paths(paper_object(paper.uid))[path] == sha512(data)
            kept.register(tx, office.store, paper.uid)
            tx.audit.append(
                "paper.read",
                actor=office.actor.name,
                subject=paper.uid,
                version=kept.version,
                reading=kept.reading,
                fields=len(found.values),
            )
            version = tx.papers.version(paper.uid, version.version)
            move_duties(tx, spec, paper, version.known, version.signed_on or office.today, clock=Clock.of(office))
            apply_effects(
                tx,
                office.library,
                paper,
                version.known,
                signed_on=version.signed_on,
                today=office.today,
                actor=office.actor.name,
            )
        self._finding.catch_up()
        return self._report(paper, version, spec, found.values, found.problems, reading=kept.reading)

    def _facts(self, tx: Tx, paper: PaperRecord) -> Facts:
        if paper.child_uid:
            return facts_of_child(tx, tx.people.get(paper.child_uid), self._office.settings)
        return facts_of_village(tx, tx.units.get(paper.village_uid or paper.issuer_uid), self._office.settings)

    def _report(
        self,
        paper: PaperRecord,
        version: VersionRecord,
        spec: FormSpec,
        values: Mapping[str, Value],
        problems: tuple[Problem, ...],
        *,
        reading: int,
    ) -> ReadingReport:
        return ReadingReport(
            uid=paper.uid,
            number=str(paper.document_number or ""),
            title=self._office.title_of(paper.form_code),
            version=version.version,
            reading=reading,
            fields=tuple(spec.field(name).title for name in values),
            open_fields=tuple(field.title for field in to_read(spec, version.known)),
            problems=problems,
        )


def reading_lines(office: Office, paper: PaperRecord, version: VersionRecord) -> tuple[str, ...]:
    """Return what was read from a signed paper, for its dossier: one line a reading, the newest last."""
    try:
        spec = office.library.get(paper.form_code)
    except NotFoundError:
        return ()  # a form the office has since removed
    lines = []
    for reading in version.readings:
        parts = [f"{_title(spec, name)} {_shown(value)}" for name, value in reading.values.items()]
        places = {signer.role: signer.title for signer in spec.signers}
        parts += [f"{places.get(s.role, s.role)} {s.mode.value}" for s in reading.signatures]
        if reading.signed_on is not None and spec.signed_field not in reading.values:
            parts.append(f"签署日期 {print_date(reading.signed_on)}")
        when = reading.at.astimezone().date().isoformat()
        lines.append(
            f"{spec.code} {paper.document_number or paper.uid}：{'；'.join(parts)}（{reading.by} {when} 录入）"
        )
    return tuple(lines)


def unread_line(office: Office, paper: PaperRecord, version: VersionRecord) -> str:
    """Say which fields of a signed paper the pen wrote and nobody has typed in; empty when none."""
    try:
        spec = office.library.get(paper.form_code)
    except NotFoundError:
        return ""
    names = [f.title for f in to_read(spec, version.known)] if version.filed_at is not None else []
    return f"{spec.code} {paper.document_number or paper.uid}：{'、'.join(names)}" if names else ""


def _by_identifier(spec: FormSpec, typed: Mapping[str, str]) -> dict[str, str]:
    """Turn printed titles into identifiers: ``核查结果``, ``核查.2.核查结果``."""
    found = {}
    for name, text in typed.items():
        head, *parts = name.replace("．", ".").split(".")
        field = find_field(spec, head)
        if not field:
            raise UnknownFieldError(spec.code, name)
        columns = {column.title: column.name for column in spec.field(field).columns}
        found[".".join([field, *(columns.get(part.strip(), part.strip()) for part in parts)])] = text
    return found


def _title(spec: FormSpec, name: str) -> str:
    field = spec.find_field(name)
    return field.title if field else name


def _shown(value: Value) -> str:
    if isinstance(value, Blank):
        return value.value
    if rows := as_rows(value):
        return "、".join("/".join(_shown(cell) for cell in row.values()) for row in rows)
    if row := as_struct(value):
        return "/".join(_shown(cell) for cell in row.values())
    if isinstance(value, tuple):
        return "、".join(_shown(part) for part in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return print_date(value) if isinstance(value, date) else str(value)


def _day(spec: FormSpec, values: Mapping[str, Value]) -> date | None:
    day = values.get(spec.signed_field)
    return day if isinstance(day, date) else None
