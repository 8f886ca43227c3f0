"""一人一档: one child's papers in their order, what is missing, what is due.

Source: forms.md §5 (inner order), §9.2 (which forms a region demands), REF-22 (unsigned is not
done). A view over the registry; it keeps nothing itself. Rosters that name the child are referred
to, never copied in with other children's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.profiles.words import print_title
from forms.spec import Subject
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.duties import Duty
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from forms.catalogue.library import FormLibrary
    from forms.people import ChildRecord
    from forms.profiles.region import RegionProfile
    from forms.spec import FormSpec


class MissingState(StrEnum):
    """Why a form that the region demands does not count as done."""

    NOT_MADE = "未办理"
    UNSIGNED = "已生成待签"
    EXPIRED = "已过期"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierItem:
    """One paper in the dossier."""

    order: int
    """Place by §5; 0 for papers that only refer to the child."""
    title: str
    paper: PaperRecord
    version: VersionRecord
    """The signed version in force, else the newest."""
    day: date
    """Signed on, else made on."""
    valid_until: date | None
    """Last day it holds, where the form has one."""
    pending_version: int
    """A newer version that waits for signature; 0: none."""

    def holds_on(self, day: date) -> bool:
        """Tell whether it is signed, still in force and not expired on a day."""
        live = self.version.status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}
        return live and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingForm:
    """A form the region demands for this child."""

    form_code: str
    title: str
    state: MissingState
    paper_uid: str
    """The paper that waits or has expired; empty when none was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything kept about one child."""

    record: ChildRecord
    items: tuple[DossierItem, ...]
    """By the order of §5, then by day; void and replaced papers stay in their place."""
    mentions: tuple[DossierItem, ...]
    """Rosters and unit papers that name the child."""
    missing: tuple[MissingForm, ...]
    due: tuple[Duty, ...]
    """What is not done, the most urgent first."""


def timeline(tx: Tx, child_uid: str, *, library: FormLibrary, profile: RegionProfile, today: date) -> Dossier:
    """Put one child's dossier together.

    Args:
        tx: An open transaction.
        child_uid: Whose.
        library: The office's forms.
        profile: Says which forms the region demands.
        today: For what has expired.

    Raises:
        ChildNotFoundError: no such child.
    """
    record = tx.people.get(child_uid)
    specs = {spec.code: spec for spec in library.all()}
    items = [_item(tx, paper, specs.get(paper.form_code), profile) for paper in tx.papers.of_child(child_uid)]
    made = [item for item in items if item is not None]
    own = [item for item in made if item.paper.child_uid == child_uid]
    return Dossier(
        record=record,
        items=tuple(sorted(own, key=lambda item: (item.order or 999, item.day))),
        mentions=tuple(item for item in made if item.paper.child_uid != child_uid),
        missing=tuple(_missing(own, specs, profile, today)),
        due=tuple(duty for duty in tx.duties.of_child(child_uid) if duty.done_on is None),
    )


def _demanded(specs: dict[str, FormSpec], profile: RegionProfile) -> tuple[FormSpec, ...]:
    """Return the forms a region demands in every child's dossier, in the order of §5."""
    wanted = [
        spec
        for spec in specs.values()
        if spec.subject is Subject.CHILD
        and spec.every_child
        and spec.code in profile.forms
        and profile.forms[spec.code].is_on
    ]
    return tuple(sorted(wanted, key=lambda spec: spec.dossier_order))


def _item(tx: Tx, paper: PaperRecord, spec: FormSpec | None, profile: RegionProfile) -> DossierItem | None:
    if not paper.version:
        return None
    version = tx.papers.version(paper.uid, paper.signed_version or paper.version)
    valid = version.known.get(spec.valid_until) if spec and spec.valid_until else None
    return DossierItem(
        order=spec.dossier_order if spec else 0,
        title=print_title(spec, profile.wording, profile).main if spec else paper.form_code,
        paper=paper,
        version=version,
        day=version.signed_on or version.made_on,
        valid_until=valid if isinstance(valid, date) else None,
        pending_version=paper.version if paper.version > version.version else 0,
    )


def _missing(
    items: list[DossierItem], specs: dict[str, FormSpec], profile: RegionProfile, today: date
) -> list[MissingForm]:
    found = []
    for spec in _demanded(specs, profile):
        mine = [item for item in items if item.paper.form_code == spec.code]
        if any(item.holds_on(today) for item in mine):
            continue
        expired = [item for item in mine if item.paper.is_done]
        waiting = [item for item in mine if item.paper.status is PaperStatus.ISSUED]
        last = [*expired, *waiting][-1:]
        state = MissingState.UNSIGNED if waiting else MissingState.EXPIRED if expired else MissingState.NOT_MADE
        found.append(
            MissingForm(
                form_code=spec.code,
                title=print_title(spec, profile.wording, profile).main,
                state=state,
                paper_uid=last[0].paper.uid if last else "",
            )
        )
    return found
