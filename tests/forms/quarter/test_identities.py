"""Each identity of §8.8 with a table that just passes and one that does not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from forms.quarter.columns import QuarterRules, columns
from forms.quarter.identities import IDENTITIES, Ledger, check_figures, may_add_up, out_of_step
from forms.quarter.period import Period
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD: Mapping[str, int | Blank] = dict.fromkeys(columns(), 0) | {
    "KA1": 10, "KA2": 3, "KA3": 1, "KA4": 12, "KA5a": 7, "KA5b": 5, "KA6a": 4, "KA6am": 3, "KA6af": 1, "KA6b": 8,
    "KA6bm": 4, "KA6bf": 4, "KA7c": 9, "KA7d": 1, "KA7g": 1, "KA7h": 1, "KA8a": 11, "KA8b": 1, "KA9a": 12, "KA10a": 4,
    "KA10b": 6, "KA11a": 11, "KA11b": 1, "KA12a": 9, "KA12b": 1, "KA12c": 1, "KA12d": 1, "KA13a": 8, "KA13b": 2,
    "KA13c": 2, "KB4": 10, "KB5": 8, "KB6": 8, "KB9": 2, "KB10": 1, "KC1": 2, "KC2": 3, "KC3a": 1, "KC3n": 1,
    "KC5": 2, "KC5a": 1, "KC5c": 1, "KC6s": 1, "KC6e": 1, "KC6": 2, "KD1": 1, "KD2": 1, "KD3": 1, "KD5": 1, "KD6": 2,
    "KD8": 1, "KE1": 2, "KE3": 1, "KE5": 1, "KG1": 12, "KG2": 11, "KG3": 15, "KG4": 1,
}  # fmt: skip
"""A table on which every identity holds, several of them just."""
LONGLI = QuarterRules(pairs_confirmation_with_deed=True)
CARER = QuarterRules(incapable_parent_keeps=False)
BROKEN: dict[str, list[tuple[dict[str, int], QuarterRules]]] = {
    "R-01": [({"KA1": 11}, LONGLI), ({"KA3": 2}, LONGLI)],
    "R-02": [({"KA5b": 6}, LONGLI), ({"KA7a": 1}, LONGLI), ({"KA9n": 1}, LONGLI), ({"KA13b": 1}, LONGLI)],
    "R-03": [({"KA6am": 2}, LONGLI), ({"KA6cn": 1}, LONGLI)],
    "R-04": [({"KA10a": 5}, LONGLI), ({"KA7c": 8, "KA7a": 1}, LONGLI)],
    "R-05": [({"KD5": 0}, LONGLI), ({"KD8": 2}, LONGLI), ({"KE5": 2}, LONGLI)],
    "R-06": [
        ({"KA12d": 2, "KA12a": 8}, LONGLI),
        ({"KA12d": 0, "KA12a": 10, "KB4": 11, "KB9": 3}, LONGLI),
        ({"KA12d": 2, "KA12a": 8}, CARER),
    ],
    "R-07": [({"KB5": 11, "KB9": -1}, LONGLI), ({"KB9": 3}, LONGLI)],
    "R-07-CARER": [({"KB4": 9, "KB9": 1}, LONGLI)],
    "R-08": [({"KB6": 11}, LONGLI)],
    "R-08-PAIR": [({"KB6": 7}, LONGLI)],
    "R-09": [({"KC1": 3}, LONGLI)],
    "R-10": [({"KC5": 3}, LONGLI), ({"KC6": 3}, LONGLI), ({"KC6e": 0}, LONGLI)],
    "R-11": [({"KD2": 2}, LONGLI), ({"KE4": 1}, LONGLI)],
    "R-12": [({"KD6": 3}, LONGLI)],
    "R-13": [({"KA13c": 1, "KA13b": 3}, LONGLI)],
    "R-15": [({"KG2": 13, "KG3": 15}, LONGLI), ({"KG3": 10}, LONGLI)],
    "R-16": [({"KB1": -1}, LONGLI)],
}


def found(figures: Mapping[str, int | Blank], rules: QuarterRules = LONGLI, **more: object) -> set[str]:
    return {p.code for p in check_figures(Ledger(figures=figures, rules=rules, **more))}  # type: ignore[arg-type]


def test_a_table_on_which_everything_just_holds_passes() -> None:
    assert found(GOOD) == set()
    assert found(GOOD, CARER) == set()
    under_its_carer: Mapping[str, int | Blank] = {**GOOD, "KA12d": 0, "KA12a": 10, "KB4": 11, "KB9": 3}
    assert found(under_its_carer, CARER) == set()


@pytest.mark.parametrize(
    ("code", "change", "rules"), [(code, c, rules) for code, cases in BROKEN.items() for c, rules in cases]
)
def test_an_identity_says_when_it_does_not_hold(code: str, change: dict[str, int], rules: QuarterRules) -> None:
    ledger = Ledger(figures={**GOOD, **change}, rules=rules, unit="平山村")
    problems = [p for p in check_figures(ledger) if p.code == code]
    assert problems
    for problem in problems:
        assert problem.blocking is IDENTITIES[code].blocking
        assert problem.sources
        assert problem.where.subject == "平山村"
        assert problem.where.field in columns()
        assert problem.message.endswith("。")


def test_every_identity_has_a_table_that_breaks_it() -> None:
    assert set(IDENTITIES) - {"R-17"} == set(BROKEN)


def test_a_figure_typed_over_is_found_unless_the_organ_verified_it() -> None:
    counted = {name: value for name, value in GOOD.items() if isinstance(value, int)}
    assert found(GOOD, counted=counted) == set()
    assert found(GOOD, counted=counted | {"KD7": 1}) == {"R-17"}
    assert found(GOOD, counted=counted | {"KD7": 1}, verified={"KD7": 0}) == set()


def test_what_nobody_counted_proves_nothing() -> None:
    for blank in Blank:
        assert found({**GOOD, "KA13a": blank, "KA13b": blank}) == set()
        assert found(dict.fromkeys(columns(), blank)) == set()


def test_who_was_not_asked_may_stand_on_either_side() -> None:
    assert found({**GOOD, "KA12d": 0, "KA12n": 1, "KA13c": 1, "KA13n": 1}) == set()
    assert found({**GOOD, "KA12d": 2, "KA12c": 0, "KA11n": 1, "KA11a": 10}) == set()
    assert "R-06" in found({**GOOD, "KA12a": 6, "KA12n": 1, "KA12b": 2})


def test_periods_follow_each_other_except_special_editions() -> None:
    quarter, months = Period.quarter(2026, 3), Period.parse("2017-01-01..2017-08-31")
    assert found(GOOD, period=quarter, previous_to=date(2026, 6, 30)) == set()
    assert found(GOOD, period=quarter, previous_to=None) == set()
    assert found(GOOD, period=quarter, previous_to=date(2026, 3, 31)) == {"R-18"}
    assert found(GOOD, period=months, previous_to=date(2016, 9, 30)) == set()


@pytest.mark.parametrize(
    ("schooling", "ages"), [("幼儿园", (2, 3, 6, 7)), ("小学", (4, 5, 14, 15)), ("初中", (10, 11, 15, 16))]
)
def test_ages_outside_the_usual_span_are_listed(schooling: str, ages: tuple[int, ...]) -> None:
    assert [out_of_step(schooling, age) for age in ages] == [True, False, False, True]
    assert not out_of_step("辍学", 3)


def test_only_flows_may_be_added_over_periods() -> None:
    assert not may_add_up("KA4")
    assert may_add_up("KC1")
    assert may_add_up("KG3")
