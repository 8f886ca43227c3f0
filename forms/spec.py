"""A form as data: the one declaration from which everything about a paper is derived.

One TOML file a form (`forms/catalogue/A1.toml`); `forms.catalogue.spec_toml` reads it strictly. The sheet,
the questions, the checks, the template's names, the JSON Schema and the manual's page come from here.
Texts may hold terms such as ``{carer}``; `FormLibrary` has replaced them by the office's wording.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as part
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.errors import NotFoundError
from forms.law.calendar import DayCount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from forms.law.sources import Citation
    from forms.values.enums import UnitKind


class UnknownFieldError(NotFoundError):
    """A form has no such field."""

    code = "form.unknown-field"

    def __init__(self, form_code: str, name: str) -> None:
        self.name = name
        super().__init__(f"表单 {form_code} 里没有“{name}”这一项。用 docgen form show {form_code} 可以看到全部项目名。")


class FieldType(StrEnum):
    """What a field holds; the Python type of its value stands behind each."""

    TEXT = "text"  # str, one line
    LONG_TEXT = "long_text"  # str, several lines
    CLAUSES = "clauses"  # tuple[str, ...], printed as numbered clauses; `items` is the standing text
    DATE = "date"  # date
    DATETIME = "datetime"  # datetime
    BOOL = "bool"  # bool
    ENUM = "enum"  # StrEnum member, or str from `options`
    MULTI = "multi"  # tuple of the same
    INT = "int"  # int
    MONEY = "money"  # Decimal, yuan
    ID_NUMBER = "id_number"  # IdNumber
    NAME = "name"  # PersonName
    PHONES = "phones"  # tuple[Phone, ...]
    ADDRESS = "address"  # str
    CHECKLIST = "checklist"  # tuple[str, ...]: the ticked ones of `items`
    STRUCT = "struct"  # mapping of column name -> value
    TABLE = "table"  # tuple of such mappings
    PAPER_REF = "paper_ref"  # PaperRef: another paper of this dossier
    STAFF = "staff"  # str: a person who works here
    UNIT = "unit"  # str: name of a unit as on its seal
    CHART = "chart"  # tuple[str, ...]: the lines of a `forms.quarter.chart.Chart`, printed as a picture
    FILES = "files"  # tuple[str, ...]: pictures and other enclosures, never printed in rosters


class Required(StrEnum):
    """Whether a value must be there when the paper is made."""

    ALWAYS = "always"
    CONDITIONAL = "conditional"  # `when` says when; otherwise the field is 不适用
    OPTIONAL = "optional"


class Subject(StrEnum):
    """What one paper is about; decides what it is made for and where it is filed."""

    CHILD = "child"
    PERSON = "person"
    CASE = "case"
    UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of a form, or one column of a table field."""

    name: str
    """Identifier of the catalogue, written in full; the template's name for it."""
    title: str
    """As printed and as the sheet's heading."""
    type: FieldType
    required: Required = Required.OPTIONAL
    when: str = ""
    """Condition of a conditional field: ``father_status = 在世可联系``; see `forms.cases.conditions`."""
    missing: str = ""
    """Code of the rule that judges absence in place of the general required check (``REF-06``)."""
    enum: str = ""
    """Class of `forms.values.enums`."""
    options: tuple[str, ...] = ()
    """A closed set that belongs to this form only."""
    items: tuple[str, ...] = ()
    """Lines of a checklist, standing clauses, or the fixed first column ``item`` of a table."""
    columns: tuple[FieldSpec, ...] = ()
    """Of a struct or table; in a roster the prefill paths start with ``row.``."""
    prefill: str = ""
    """Dotted path into the facts; what it gives is corrected where it came from."""
    default: str = ""
    """Name of a computed suggestion (`forms.computed`); may always be changed."""
    editable: bool = False
    """A prefilled value may be changed on this paper."""
    pen: bool = False
    """May be left to the pen: missing at making time is noted, not refused."""
    dash: bool = False
    """— is an answer although the field is always required."""
    system: bool = False
    """Given by the program when the paper is made (document number, version); never typed."""
    printed: bool = True
    """False: asked for and kept, but a template need not show it."""
    sensitive: bool = False
    """PIPL 28: never in logs, lists and copies that do not need it."""
    max_length: int = 0
    """Characters; 0 for the type's own limit. Longer text is refused, never cut."""
    minimum: int | None = None
    maximum: int | None = None
    min_rows: int = 0
    """Of a table: fewer rows count as missing; also blank rows printed for the pen."""
    form: tuple[str, ...] = ()
    """Of a paper_ref: codes of the forms that may be referred to."""
    signed: bool = False
    """Of a paper_ref: only a paper whose signed scan is in the archive will do (REF-22)."""
    rules: tuple[str, ...] = ()
    """Codes of rules that look at this field, for the manual and the sheet's notes."""
    help: str = ""
    """One sentence for the person who fills it in."""

    def column(self, name: str) -> FieldSpec:
        """Return a column of a struct or table.

        Raises:
            UnknownFieldError: there is none of that name.
        """
        for spec in self.columns:
            if spec.name == name:
                return spec
        raise UnknownFieldError(self.name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields that stand together on the paper and on the page of questions."""

    key: str
    title: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerSpec:
    """One place for a signature, a fingerprint or a seal."""

    role: str
    """ASCII: names the boxes ``sign_<role>`` and ``finger_<role>``."""
    title: str
    """签署人角色 as printed."""
    name_field: str = ""
    """Field that holds the name which must be signed; empty for representatives of a unit."""
    signature: bool = True
    fingerprint: bool = False
    seal: str = ""
    """Unit key of the seal box ``seal_<unit>``; empty for none."""
    required: Required = Required.ALWAYS
    when: str = ""
    principal: bool = False
    """Only the principal leader will do, no deputy."""
    substitutes: tuple[str, ...] = ()
    """Roles that may sign instead when the reason is recorded."""

    @property
    def boxes(self) -> tuple[str, ...]:
        """Bookmarks that the template carries for this signer."""
        names = [f"sign_{self.role}" if self.signature else "", f"finger_{self.role}" if self.fingerprint else ""]
        return tuple(n for n in [*names, f"seal_{self.seal}" if self.seal else ""] if n)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySpec:
    """One copy: who holds it, and what that recipient must not see."""

    key: str
    """ASCII, unique in the form."""
    recipient: str
    """Party of the paper (``carer``, ``parents``), unit (``village``, ``town``, ``school``, ``office``) or
    an organ of the region profile (``civil_affairs``, ``education``, ``police``)."""
    title: str
    """Printed on the copy label: 被委托人存."""
    original: bool = True
    """Signed in ink; otherwise a copy or a scan sent on."""
    receipt: bool = False
    """Done only when the recipient's receipt is in (V-COPY)."""
    statutory: bool = False
    """May never be switched off by a profile (REF-18)."""
    hide: tuple[str, ...] = ()
    """Fields and columns left out of this copy (REF-20)."""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By when the paper must exist."""

    text: str
    event: str
    """What the days run from: ``before_departure``, ``police_notice``, ``period_end`` …"""
    days: int = 0
    count: DayCount = DayCount.CALENDAR
    source: str = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySpec:
    """A later task that the signed paper opens or closes."""

    duty: str
    """ASCII key; closing names the same key."""
    title: str = ""
    form: str = ""
    """Code of the form that fulfils it; empty for a plain task."""
    who: str = ""
    """Unit key that owes it."""
    field: str = ""
    """Date field that the days are counted from; empty: the day of signing. In `closes` the field that names the
    paper whose duty is closed; empty: whosever it is."""
    days: int = 0
    """May be negative: 30 days before ``to_on``."""
    count: DayCount = DayCount.CALENDAR
    threshold: str = ""
    """Key of a region's threshold that takes the place of `days`, never later than they say."""
    rows: str = ""
    """Table field with a row a child: the duty is opened for each of them, `field` and `when` looked up there first."""
    every: int = 0
    """Repeats every so many days; 0: once."""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpec:
    """What the paper is tied to in the dossier (forms.md §5)."""

    target: str
    """``child``, ``person``, ``case``, ``paper`` or ``unit``."""
    role: str
    """``subject``, ``carer``, ``father`` …; for papers ``rests_on``, ``replaces``, ``answers``, ``annex_of``."""
    field: str = ""
    """paper_ref or table field that names the target; empty when the facts give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSpec:
    """What filing the signed paper changes besides duties."""

    kind: str
    """``flag``: somebody of the case is flagged; ``serve``: a copy of another paper counts as served;
    ``number``: the case gets its number; ``close``: the case is closed; ``away``: the parents of a filing are
    away or back; ``end_care``: the child has no carer any more; ``replace``: another paper no longer holds;
    ``flag_carer``: the carer is flagged; ``record``: the child's record holds `flag` under `field` from then on."""
    role: str = ""
    """Of ``flag``: the role in the case, as `forms.cases.casefile.CaseRole` prints it."""
    flag: str = ""
    """Of ``flag``: what is recorded, as `forms.values.enums.Flag` prints it."""
    field: str = ""
    """Of ``serve``: the paper that was served; of ``number``: the field that holds it."""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """Everything about one form."""

    code: str
    identifier: str
    titles: Mapping[str, str]
    """By wording key; `forms.profiles.words.print_title` picks one."""
    aliases: tuple[str, ...]
    """Other names on older papers, for search."""
    purpose: str
    subject: Subject
    groups: tuple[FieldGroup, ...]
    signers: tuple[SignerSpec, ...]
    copies: tuple[CopySpec, ...]
    rules: tuple[str, ...]
    sources: tuple[Citation, ...]
    issuers: tuple[UnitKind, ...]
    """Kinds of unit that may issue it (forms.md §2, REF-11)."""
    series: str
    """Key of the document number series; empty: carries no number."""
    dossier_order: int
    """Place in the child's dossier (forms.md §5); 0: not in a dossier."""
    retention: str
    """Default retention code until the unit's own table is set: ``D30``."""
    every_child: bool = False
    """Belongs in every child's dossier where the region has it; other forms wait for their trigger."""
    restricted: bool = False
    """Case staff only."""
    signed_field: str = ""
    """Date field written by pen at signing; read from the scan."""
    valid_until: str = ""
    """Date field after which the paper no longer holds; drives renewals."""
    person_field: str = ""
    """Field with the name of the adult the paper is about besides the child (the carer)."""
    same_by: tuple[str, ...] = ()
    """Fields that tell two papers of this form about one child apart (``visit_no``); empty: there is one at a time."""
    effects: tuple[EffectSpec, ...] = ()
    trigger: str = ""
    deadlines: tuple[Deadline, ...] = ()
    opens: tuple[DutySpec, ...] = ()
    closes: tuple[DutySpec, ...] = ()
    links: tuple[LinkSpec, ...] = ()
    words: Mapping[str, str] = part(default_factory=dict)
    """The terms its texts are written with; what a rule says about the paper uses the same."""

    @property
    def title(self) -> str:
        """Title in the present law's words."""
        return self.titles["law_2020"]

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """All fields in printed order."""
        return tuple(f for g in self.groups for f in g.fields)

    def field(self, name: str) -> FieldSpec:
        """Return a field by identifier.

        Raises:
            UnknownFieldError: the form has none of that name.
        """
        found = self.find_field(name)
        if found is None:
            raise UnknownFieldError(self.code, name)
        return found

    def find_field(self, name: str) -> FieldSpec | None:
        """Return a field by identifier, or ``None``."""
        return next((f for g in self.groups for f in g.fields if f.name == name), None)

    @property
    def boxes(self) -> tuple[str, ...]:
        """Every bookmark the template must carry."""
        return tuple(dict.fromkeys(b for s in self.signers for b in s.boxes))

    @property
    def originals(self) -> int:
        """How many signed originals are printed by default."""
        return sum(c.original for c in self.copies)

    def template_names(self) -> Iterator[str]:
        """Yield the names a template may use: ``child_name``, ``screening``, ``screening.result`` …"""
        for field in self.fields:
            yield field.name
            yield from (f"{field.name}.{c.name}" for c in field.columns)

    def copies_for(self, keys: tuple[str, ...]) -> FormSpec:
        """Return the form with only these copies, statutory ones kept whatever was asked (REF-18)."""
        return replace(self, copies=tuple(c for c in self.copies if c.key in keys or c.statutory))
