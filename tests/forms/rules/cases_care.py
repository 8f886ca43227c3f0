"""Cases of the rules around an entrustment (forms/rules/care_more.py): one that triggers, one that just passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.values.enums import Flag, Relation
from forms.values.names_and_numbers import PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.problems import Problem


def made(kit: Any, code: str, typed: dict[str, str] | None = None, **changes: Any) -> Iterable[Problem]:
    problems: Iterable[Problem] = kit.fill(code, typed, **changes).problems
    return problems


def _entrusted(kit: Any, code: str = "A1", **values: Any) -> Any:
    """Return a signed confirmation of the present carer, from 2026-11-12 for a year."""
    known = {
        "carer_name": PersonName.parse(kit.names["carer"]),
        "carer_relation": Relation.GRANDMOTHER,
        "from_on": date(2026, 11, 12),
        "to_on": date(2027, 11, 11),
        "care_address": "洗马镇平山村上寨组8号",
    }
    return kit.paper(code, values={**known, **values}, document_number=f"洗民委照{code}〔2026〕9号")


def _facts(kit: Any, *papers: Any, **changes: Any) -> Any:
    return kit.facts(papers=(*papers, kit.assessment(), kit.opinion()), **changes)


def _flagged(kit: Any, number: Any = None) -> tuple[Any, ...]:
    born = date(1980, 1, 1)
    person = kit.person("other", born, sequence=41, flags=(Flag.VIOLENCE_LETTER,))
    return (person if number is None else replace(person, id_number=number),)


def ref_29_triggers(kit: Any) -> Iterable[Problem]:
    facts = _facts(kit, _entrusted(kit), flagged=_flagged(kit))
    return made(kit, "A4", {"pickup_persons": "韦明远|叔叔||13900000001|"}, facts=facts)


def ref_29_passes(kit: Any) -> Iterable[Problem]:
    # a namesake: the last four digits are not those of the person on record
    facts = _facts(kit, _entrusted(kit), flagged=_flagged(kit))
    return made(kit, "A4", {"pickup_persons": "韦明远|叔叔|9999|13900000001|"}, facts=facts)


def x_01_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "A4")


def x_01_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "A4", facts=_facts(kit, _entrusted(kit)))


def x_09_triggers(kit: Any) -> Iterable[Problem]:
    facts = _facts(kit, _entrusted(kit), flagged=_flagged(kit))
    return made(kit, "A7", {"change_kind": "终止", "handback_to": "韦明远|叔叔|13900000001"}, facts=facts)


def x_09_passes(kit: Any) -> Iterable[Problem]:
    facts = _facts(kit, _entrusted(kit), flagged=_flagged(kit))
    number = str(kit.id_number(date(1981, 2, 3), sequence=43))  # another 韦明远
    typed = {"change_kind": "变更被委托人", "new_carer": "韦明远", "new_carer_id_number": number}
    return made(kit, "A7", typed, facts=facts)


def a7_gap_triggers(kit: Any) -> Iterable[Problem]:
    new = _entrusted(kit, from_on=date(2026, 11, 25))
    old = replace(_entrusted(kit, "A3"), carer_uid="uid-former")
    typed = {"change_kind": "变更被委托人", "new_carer": "韦明远", "effective_on": "2026-11-23"}
    return made(kit, "A7", typed, facts=_facts(kit, new, old))


def a7_gap_passes(kit: Any) -> Iterable[Problem]:
    new = _entrusted(kit, from_on=date(2026, 11, 24))  # the day after the change
    old = replace(_entrusted(kit, "A3"), carer_uid="uid-former")
    typed = {"change_kind": "变更被委托人", "new_carer": "韦明远", "effective_on": "2026-11-23"}
    return made(kit, "A7", typed, facts=_facts(kit, new, old))


def a7_dates_triggers(kit: Any) -> Iterable[Problem]:
    typed = {"change_kind": "终止", "effective_on": "2026-11-11"}
    return made(kit, "A7", typed, facts=_facts(kit, _entrusted(kit)))


def a7_dates_passes(kit: Any) -> Iterable[Problem]:
    typed = {"change_kind": "终止", "effective_on": "2026-11-12"}
    return made(kit, "A7", typed, facts=_facts(kit, _entrusted(kit)))


def a10_limit_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "A10", {"role": "父", "due_on": "2026-12-24"})


def a10_limit_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "A10", {"role": "父", "due_on": "2026-12-23"})


def _admonished(kit: Any, signed_on: date) -> Any:
    values = {"subject_name": PersonName.parse(kit.names["carer"])}
    return kit.paper("A10", values=values, signed_on=signed_on, made_on=signed_on)


def a10_carer_triggers(kit: Any) -> Iterable[Problem]:
    facts = _facts(kit, _admonished(kit, date(2026, 5, 23)))
    return made(kit, "A10", {"role": "被委托人"}, facts=facts)


def a10_carer_passes(kit: Any) -> Iterable[Problem]:
    facts = _facts(kit, _admonished(kit, date(2026, 5, 22)))  # a day more than six months ago
    return made(kit, "A10", {"role": "被委托人"}, facts=facts)


def wrn_07_triggers(kit: Any) -> Iterable[Problem]:
    typed = {"receipt_school.received_on": "2026-11-20"}
    return made(kit, "A4", typed, facts=_facts(kit, _entrusted(kit)))


def wrn_07_passes(kit: Any) -> Iterable[Problem]:
    typed = {"receipt_school.received_on": "2026-11-20", "receipt_village.received_on": "2026-11-20"}
    return made(kit, "A4", typed, facts=_facts(kit, _entrusted(kit)))


def _notified(kit: Any, village: date | None) -> Any:
    """Return the facts of a child whose notice the school has received, and the village when a day is given."""
    received = {"学校（幼儿园）存": date(2026, 11, 16), "村（居）民委员会存": village, "父母存": None}
    notice = kit.paper("A4", values={"carer_name": PersonName.parse(kit.names["carer"])}, receipts=received)
    return _facts(kit, notice, _entrusted(kit))


def wrn_07_registry_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", facts=_notified(kit, None))


def wrn_07_registry_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "C3", facts=_notified(kit, date(2026, 11, 17)))


def wrn_08_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "A6", {"arrangement": "尚未落实", "leave_on": "2026-11-20"})


def wrn_08_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "A6", {"leave_on": "2026-11-20"}, facts=_facts(kit, _entrusted(kit)))


def wrn_10_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "A9", {"contact_log": "2026-11-08 19:30|父|儿童、被委托人|视频|20|生活||韦小青"})


def wrn_10_passes(kit: Any) -> Iterable[Problem]:
    # fourteen days ago is not more than two weeks
    return made(kit, "A9", {"contact_log": "2026-11-09 19:30|父|儿童、被委托人|视频|20|生活||韦小青"})


def _one_phone(kit: Any, phone: str) -> Any:
    record = kit.record()
    carer = replace(record.carer, person=replace(record.carer.person, phones=(Phone.parse("13800000032"),)))
    contact = replace(record.emergency_contact, phone=Phone.parse(phone))
    return _facts(kit, _entrusted(kit), record=replace(record, carer=carer, emergency_contact=contact))


def wrn_17_triggers(kit: Any) -> Iterable[Problem]:
    return made(kit, "A4", facts=_one_phone(kit, "13800000032"))


def wrn_17_passes(kit: Any) -> Iterable[Problem]:
    return made(kit, "A4", facts=_one_phone(kit, "13800000033"))
