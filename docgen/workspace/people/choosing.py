"""The one child, paper or person that is meant by what a clerk typed: name, ID number, last four, 文号, uid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import DataError, NotFoundError
from forms.law.time import print_date
from forms.values.blank import is_value
from forms.values.names_and_numbers import DocumentNumber, ValueParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from forms.people import ChildRecord, Person


class SeveralChildrenError(DataError):
    """More than one child fits; the way out is a uid."""

    code = "child.several"

    def __init__(self, text: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(
            f"有 {len(candidates)} 个孩子符合“{text}”：{'；'.join(candidates)}。请改用档案编号或公民身份号码。"
        )


def one_child(tx: Tx, text: str) -> ChildRecord:
    """Return the one child that is meant.

    Raises:
        ChildNotFoundError: nobody.
        SeveralChildrenError: several; the sentence lists them with their uids.
    """
    found = tx.people.find(text)
    if not found:
        return tx.people.get(text)
    if len(found) > 1:
        raise SeveralChildrenError(text, [_candidate(tx, record) for record in found])
    return found[0]


def one_paper(tx: Tx, text: str) -> PaperRecord:
    """Return the paper of a 文号 or a uid.

    Raises:
        PaperNotFoundError: there is none.
    """
    try:
        found = tx.papers.by_number(DocumentNumber.parse(text))
    except ValueParseError:
        found = tx.papers.by_uid(text.strip())
    return found if found is not None else tx.papers.get(text.strip())


class PersonNotFoundError(NotFoundError):
    """Nobody of that name or number in the register."""

    code = "person.not-found"

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"登记库里没有“{text}”这个人。请核对姓名、公民身份号码；没有登记过的，用 --village 和 --set 填写。"
        )


class SeveralPersonsError(DataError):
    """More than one person fits; the way out is a number."""

    code = "person.several"

    def __init__(self, text: str, count: int) -> None:
        self.text = text
        super().__init__(f"有 {count} 个人叫“{text}”。请改用公民身份号码。")


def one_person(tx: Tx, text: str) -> Person:
    """Return the one person, child or adult, that is meant.

    Raises:
        PersonNotFoundError: nobody.
        SeveralPersonsError: several.
    """
    found = tx.people.persons(text)
    if not found:
        raise PersonNotFoundError(text)
    if len(found) > 1:
        raise SeveralPersonsError(text, len(found))
    return found[0]


def _candidate(tx: Tx, record: ChildRecord) -> str:
    person = record.child.person
    village = tx.units.get(record.child.village_uid)
    birth = print_date(person.birth) + "生" if is_value(person.birth) else "出生日期未采集"
    return f"{person.name}（{village.short or village.name}，{birth}，编号 {record.uid}）"
