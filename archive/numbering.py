"""文号: given once, in order, never again; a void one stays void.

Source: GB/T 9704—2012 (form), forms.md V-DOCNO (unique for issuer, series and year; void numbers
are kept). The counter and the number it gave change in one transaction: a number exists exactly
when the transaction that asked for it was committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.schema import number_series, numbers
from forms.errors import NotFoundError, RefusedError
from forms.values.names_and_numbers import DocumentNumber

if TYPE_CHECKING:
    from datetime import datetime


class NumberNotGivenError(NotFoundError):
    """A number that was never given out."""

    code = "number.not-given"

    def __init__(self, number: DocumentNumber) -> None:
        self.number = number
        super().__init__(f"没有发过文号“{number}”。请核对后再试。")


class NumberVoidError(RefusedError):
    """A number that is void already."""

    code = "number.void"

    def __init__(self, number: DocumentNumber, reason: str) -> None:
        self.number = number
        super().__init__(f"文号“{number}”已经作废（{reason}），不能再用。")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNumber:
    """A number that was given out."""

    number: DocumentNumber
    given_at: datetime
    void_reason: str = ""
    """Why it is void; empty while it is good."""


class Numbers:
    """The office's series of document numbers."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def next(self, series: str, year: int) -> DocumentNumber:
        """Give out the next number of a series and year, from 1.

        Raises:
            ValueParseError: the series cannot stand in a printed number.
        """
        DocumentNumber.parse(f"{series}〔{year}〕1号")
        dialect.add_if_absent(self._connection, number_series, {"series": series, "year": year, "last": 0})
        serial = self._connection.execute(
            sa.update(number_series)
            .where(number_series.c.series == series, number_series.c.year == year)
            .values(last=number_series.c.last + 1)
            .returning(number_series.c.last)
        ).scalar_one()
        self._connection.execute(sa.insert(numbers).values(series=series, year=year, serial=serial, given_at=self._now))
        return DocumentNumber(series=series, year=year, serial=serial)

    def claim(self, number: DocumentNumber) -> None:
        """Register a number that a paper in the store carries already; used when healing after a crash.

        The counter never falls behind it, so the number is not given a second time.
        """
        counter = {"series": number.series, "year": number.year, "last": 0}
        dialect.add_if_absent(self._connection, number_series, counter)
        self._connection.execute(
            sa.update(number_series)
            .where(
                number_series.c.series == number.series,
                number_series.c.year == number.year,
                number_series.c.last < number.serial,
            )
            .values(last=number.serial)
        )
        row = {"series": number.series, "year": number.year, "serial": number.serial, "given_at": self._now}
        dialect.add_if_absent(self._connection, numbers, row)

    def void(self, number: DocumentNumber, reason: str) -> None:
        """Withdraw a number for good.

        Raises:
            NumberNotGivenError: it was never given out.
            NumberVoidError: it is void already.
        """
        given = self.get(number)
        if given.void_reason:
            raise NumberVoidError(number, given.void_reason)
        self._connection.execute(
            sa.update(numbers).where(*_is(number)).values(void_at=self._now, void_reason=reason or "未注明原因")
        )

    def get(self, number: DocumentNumber) -> GivenNumber:
        """Return what is known of a number.

        Raises:
            NumberNotGivenError: it was never given out.
        """
        row = self._connection.execute(sa.select(numbers).where(*_is(number))).mappings().first()
        if row is None:
            raise NumberNotGivenError(number)
        return GivenNumber(number=number, given_at=row["given_at"], void_reason=row["void_reason"] or "")

    def given(self, series: str, year: int) -> tuple[GivenNumber, ...]:
        """Return all numbers of a series and year in order, void ones included."""
        query = sa.select(numbers).where(numbers.c.series == series, numbers.c.year == year).order_by(numbers.c.serial)
        return tuple(
            GivenNumber(
                number=DocumentNumber(series=series, year=year, serial=row["serial"]),
                given_at=row["given_at"],
                void_reason=row["void_reason"] or "",
            )
            for row in self._connection.execute(query).mappings()
        )


def _is(number: DocumentNumber) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        numbers.c.series == number.series,
        numbers.c.year == number.year,
        numbers.c.serial == number.serial,
    )
