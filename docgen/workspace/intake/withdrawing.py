"""撤回: a filing taken back, told to the store as well, so that the store alone can tell it again.

The registry decides whether it may be (`archive.registry.withdrawals`); beside the signed file, which stays, the store
keeps who took it back and why. `rescue` reads that when the registry is lost.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.store import paper_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from archive.registry import Tx
    from docgen.workspace.office.opened import Office

_PATH = re.compile(r"withdrawn-v(\d+)-(\d+)\.json")
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One filing taken back, as the store keeps it."""

    version: int
    signed: tuple[str, ...]
    """Paths of the signed files that were filed; they stay where they are."""
    by: str
    reason: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        body = json.loads(data)
        signed = tuple(str(path) for path in body["signed"])
        return cls(version=int(body["version"]), signed=signed, by=str(body["by"]), reason=str(body["reason"]))

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        body = {"format": _FORMAT, "version": self.version, "signed": [*self.signed]}
        return (json.dumps({**body, "by": self.by, "reason": self.reason}, ensure_ascii=False) + "\n").encode()


def withdraw(office: Office, tx: Tx, uid: str, *, reason: str) -> None:
    """Take the filing of a paper's signed version back.

    Raises:
        NotWithdrawableError: something rests on the filing; nothing was done.
    """
    by = office.actor.name
    withdrawal = tx.withdrawals.withdraw(uid, by=by, reason=reason)
    number = len(tx.withdrawals.of(uid))
    digests = tx.papers.version(uid, withdrawal.version).digests
    signed = tuple(sorted(path for path in digests if path.startswith("signed-") and path.endswith(".pdf")))
    taken = Taken(version=withdrawal.version, signed=signed, by=by, reason=reason)
    files: Mapping[str, bytes] = {f"withdrawn-v{withdrawal.version}-{number}.json": taken.to_bytes()}
    office.store.put(paper_object(uid), files, message="撤回归档", user=by, at=office.now)
    tx.audit.append("paper.withdraw", actor=by, subject=uid, version=withdrawal.version)


def withdrawn_paths(state: Mapping[str, str]) -> list[str]:
    """Return the paths of an object that tell of filings taken back, in the order they were."""
    found = [(int(match[2]), path) for path in state if (match := _PATH.fullmatch(path))]
    return [path for _, path in sorted(found)]
