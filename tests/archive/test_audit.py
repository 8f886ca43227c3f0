"""The chain of acts shows every change, every gap and a cut tail, and holds no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.registry import Registry, sqlite_url
from archive.schema import audit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.registry import Tx


def fill(registry: Registry, count: int = 5) -> None:
    for number in range(count):
        with registry.begin() as tx:
            tx.audit.append("paper.filed", actor="张敏", subject=f"7K3M9Q2PA{number}", version=1, form="A1")


def broken(registry: Registry) -> set[str]:
    with registry.read() as tx:
        return {problem.code for problem in tx.audit.verify()}


def test_an_untouched_chain_holds(registry: Registry) -> None:
    fill(registry)
    assert broken(registry) == set()
    with registry.read() as tx:
        rows = list(tx.audit.rows())
        assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
        assert tx.audit.head() == (5, rows[-1].hash)
        assert [row.seq for row in tx.audit.rows(subject="7K3M9Q2PA3")] == [4]
        assert rows[0].detail == {"version": 1, "form": "A1"}


def test_an_empty_chain_holds(registry: Registry) -> None:
    assert broken(registry) == set()


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with Registry.create(sqlite_url(tmp_path_factory.mktemp("audit") / "registry.db")) as opened:
        fill(opened)
        yield opened


class TakeBackError(Exception):
    """Rolls a tampered chain back."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seq=st.integers(1, 5),
    change=st.sampled_from(
        [
            {"actor": "别人"},
            {"action": "paper.void"},
            {"subject": "0000000000"},
            {"detail": {"version": 2, "form": "A1"}},
            {"at": "2026-01-01T00:00:00+00:00"},
            {"hash": "f" * 64},
            {"seq": 9},
        ]
    ),
)
def test_changing_any_part_of_any_act_is_seen(
    chain: Registry, seq: int, change: dict[str, Any], unguard: Callable[[Tx], None]
) -> None:
    with pytest.raises(TakeBackError):
        tamper(chain, seq, change, unguard)
    assert broken(chain) == set()


def tamper(chain: Registry, seq: int, change: dict[str, Any], unguard: Callable[[Tx], None]) -> None:
    with chain.begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.update(audit).where(audit.c.seq == seq).values(**change))
        assert tx.audit.verify()
        raise TakeBackError


@pytest.mark.parametrize(("seq", "code"), [(1, "audit.gap"), (3, "audit.gap"), (5, "audit.head")])
def test_taking_an_act_out_is_seen(registry: Registry, seq: int, code: str, unguard: Callable[[Tx], None]) -> None:
    fill(registry)
    with registry.begin() as tx:
        unguard(tx)
        tx.connection.execute(sa.delete(audit).where(audit.c.seq == seq))
    assert code in broken(registry)


@pytest.mark.parametrize("value", ["罗小山", "522730201602290019", "13800000001", "a b", "x" * 201])
def test_what_may_be_personal_is_refused(registry: Registry, value: str) -> None:
    with registry.begin() as tx:
        with pytest.raises(ValueError, match="uids"):
            tx.audit.append("child.shown", actor="张敏", subject=value)
        with pytest.raises(ValueError, match="uids"):
            tx.audit.append("child.shown", actor="张敏", query=value)
