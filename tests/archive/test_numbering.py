"""A number is given once, in order, and a void one stays void (V-DOCNO)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.numbering import NumberNotGivenError, NumberVoidError
from archive.registry import Registry, sqlite_url
from archive.schema import numbers
from forms.values.names_and_numbers import DocumentNumber, ValueParseError

if TYPE_CHECKING:
    from pathlib import Path

TAKER = """
import sys
from archive.registry import Registry
with Registry.open(sys.argv[1]) as registry:
    for _ in range(int(sys.argv[2])):
        with registry.begin() as tx:
            serial = tx.numbers.next("洗民委照", 2026).serial
        print(serial)
"""


class LetGoError(Exception):
    """Makes a transaction roll back."""


def test_numbers_run_from_one_in_every_series_and_year(registry: Registry) -> None:
    with registry.begin() as tx:
        given = [str(tx.numbers.next(s, y)) for s, y in [("洗", 2026), ("洗", 2026), ("洗", 2027), ("马", 2026)]]
    assert given == ["洗〔2026〕1号", "洗〔2026〕2号", "洗〔2027〕1号", "马〔2026〕1号"]


def test_a_void_number_is_kept_and_not_given_again(registry: Registry) -> None:
    with registry.begin() as tx:
        first = tx.numbers.next("洗", 2026)
        tx.numbers.void(first, "写错收件单位")
        assert tx.numbers.next("洗", 2026).serial == 2
        with pytest.raises(NumberVoidError):
            tx.numbers.void(first, "再次作废")
        assert [(g.number.serial, g.void_reason) for g in tx.numbers.given("洗", 2026)] == [
            (1, "写错收件单位"),
            (2, ""),
        ]


def test_a_number_never_given_cannot_be_void(registry: Registry) -> None:
    with registry.begin() as tx, pytest.raises(NumberNotGivenError):
        tx.numbers.void(DocumentNumber(series="洗", year=2026, serial=1), "无")


def test_a_number_that_a_paper_carries_already_is_claimed_and_not_given_again(registry: Registry) -> None:
    with registry.begin() as tx:
        tx.numbers.next("洗", 2026)
        for serial in (3, 1, 3):
            tx.numbers.claim(DocumentNumber(series="洗", year=2026, serial=serial))
        assert tx.numbers.next("洗", 2026).serial == 4
        assert [g.number.serial for g in tx.numbers.given("洗", 2026)] == [1, 3, 4]


def test_a_series_that_cannot_be_printed_is_refused(registry: Registry) -> None:
    with registry.begin() as tx, pytest.raises(ValueParseError):
        tx.numbers.next("2026", 2026)


def test_the_database_itself_refuses_the_same_number_twice(registry: Registry) -> None:
    with registry.begin() as tx:
        tx.numbers.next("洗", 2026)
    with registry.read() as tx:
        row = dict(tx.connection.execute(sa.select(numbers)).mappings().one())
    with pytest.raises(sa.exc.IntegrityError), registry.begin() as tx:
        tx.connection.execute(sa.insert(numbers).values(**row))


steps = st.lists(
    st.tuples(
        st.sampled_from(["洗民委照", "洗民"]),
        st.sampled_from([2026, 2027]),
        st.integers(1, 3),
        st.sampled_from(["commit", "roll back", "void"]),
    ),
    max_size=12,
)


def take(registry: Registry, series: str, year: int, *, count: int, end: str) -> list[DocumentNumber]:
    with registry.begin() as tx:
        taken = [tx.numbers.next(series, year) for _ in range(count)]
        if end == "void":
            tx.numbers.void(taken[0], "作废")
        if end == "roll back":
            raise LetGoError
    return taken


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_number_is_given_twice_whatever_is_rolled_back_or_voided(
    steps: list[tuple[str, int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = sqlite_url(tmp_path_factory.mktemp("numbers") / "registry.db")
    kept: list[DocumentNumber] = []
    with Registry.create(url) as one, Registry.open(url) as other:
        for turn, (series, year, count, end) in enumerate(steps):
            with contextlib.suppress(LetGoError):
                kept += take((one, other)[turn % 2], series, year, count=count, end=end)
        with one.read() as tx:
            for series, year in {(n.series, n.year) for n in kept}:
                mine = [n for n in kept if (n.series, n.year) == (series, year)]
                assert [g.number for g in tx.numbers.given(series, year)] == mine
                assert [n.serial for n in mine] == list(range(1, len(mine) + 1))
    assert len(set(kept)) == len(kept)


def test_two_processes_at_once_never_get_the_same_number(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "registry.db")
    Registry.create(url).close()
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKER, url, "25"], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    taken = [int(line) for taker in takers for line in taker.communicate()[0].split()]
    assert sorted(taken) == list(range(1, 51))
