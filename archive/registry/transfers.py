"""移交: packages made for the archives that take over, and their receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003  dataclass fields are read at run time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive import dialect
from archive.schema_kept import transfer_items, transfers
from forms.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence


class TransferNotFoundError(NotFoundError):
    """No package by that number."""

    code = "transfer.not-found"

    def __init__(self, uid: str) -> None:
        super().__init__(f"没有编号为“{uid}”的移交包。编号写在移交包的文件夹名里。")


class ReceiptExistsError(RefusedError):
    """The receipt of a package is in already."""

    code = "transfer.receipt-exists"

    def __init__(self, uid: str) -> None:
        super().__init__(f"移交包 {uid} 的接收回执已经登记过，没有改动。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One package."""

    uid: str
    made_at: datetime
    made_by: str
    receiver: str
    items: int
    size: int
    """Bytes of the payload."""
    manifest: str
    """SHA-512 of the bag's tag manifest, which proves the rest."""
    received_on: date | None
    receipt: str | None
    """SHA-512 of the receipt in the store."""


class Transfers:
    """The register of packages."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, uid: str, *, by: str, receiver: str, size: int, manifest: str, codes: Sequence[str]) -> Transfer:
        """Register a package that lies ready."""
        self._connection.execute(
            sa.insert(transfers).values(
                uid=uid,
                made_at=self._now,
                made_by=by,
                receiver=receiver,
                items=len(codes),
                size=size,
                manifest=manifest,
            )
        )
        for code in codes:
            self._connection.execute(sa.insert(transfer_items).values(transfer_uid=uid, code=code))
        return self.get(uid)

    def receive(self, uid: str, *, on: date, receipt: str) -> Transfer:
        """Register the receipt of the archives that took a package over.

        Raises:
            TransferNotFoundError: no such package.
            ReceiptExistsError: its receipt is in.
        """
        if self.get(uid).received_on is not None:
            raise ReceiptExistsError(uid)
        self._connection.execute(
            sa.update(transfers).where(transfers.c.uid == uid).values(received_on=on, receipt=receipt)
        )
        return self.get(uid)

    def get(self, uid: str) -> Transfer:
        """Return a package.

        Raises:
            TransferNotFoundError: no such uid.
        """
        row = dialect.first(self._connection, sa.select(transfers).where(transfers.c.uid == uid))
        if row is None:
            raise TransferNotFoundError(uid)
        return Transfer(**row)

    def all(self) -> tuple[Transfer, ...]:
        """Return every package, oldest first."""
        query = sa.select(transfers).order_by(transfers.c.made_at, transfers.c.uid)
        return tuple(Transfer(**row) for row in dialect.rows(self._connection, query))

    def codes(self, uid: str) -> tuple[str, ...]:
        """Return the 档号 of what is in a package."""
        query = sa.select(transfer_items.c.code).where(transfer_items.c.transfer_uid == uid)
        return tuple(self._connection.execute(query.order_by(transfer_items.c.code)).scalars())

    def received_codes(self) -> frozenset[str]:
        """Return the 档号 of everything that another archives has confirmed to hold."""
        query = (
            sa.select(transfer_items.c.code)
            .join(transfers, transfers.c.uid == transfer_items.c.transfer_uid)
            .where(transfers.c.received_on.is_not(None))
        )
        return frozenset(self._connection.execute(query).scalars())
