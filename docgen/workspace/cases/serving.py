"""送达: a copy handed to a party, noted by hand or proven by a signed receipt (D6).

Source: forms.md §6 D6; 公安机关办理行政案件程序规定 第三十六条. The ways of serving are those of the receipt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.people.choosing import one_paper
from forms.cases.casefile import CaseRole
from forms.errors import DataError, RefusedError
from forms.law.time import print_date

if TYPE_CHECKING:
    from datetime import date

    from archive.registry.paper_states import Copy
    from docgen.workspace.office.opened import Office

_ROLES = {"perpetrator": CaseRole.PERPETRATOR, "victim": CaseRole.VICTIM}


class UnknownCopyError(DataError):
    """No copy, or more than one, fits what was typed."""

    code = "copy.unknown"

    def __init__(self, text: str, copies: tuple[Copy, ...]) -> None:
        listed = "；".join(f"第 {c.number} 份 {c.recipient}" for c in copies)
        super().__init__(f"看不出“{text}”是哪一份。这份文书有：{listed or '没有登记的份'}。")


class UnknownMethodError(DataError):
    """Not a way of serving."""

    code = "service.method"

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        super().__init__(f"没有“{text}”这种送达方式。可以写：{'、'.join(known)}。")


class ServiceDayError(RefusedError):
    """Served before the paper existed, or on a day that has not come."""

    code = "service.day"

    def __init__(self, on: date, made_on: date) -> None:
        super().__init__(
            f"送达日期{print_date(on)}不对：文书是{print_date(made_on)}的，送达不能早于文书日期，也不能晚于今天。"
        )


class ServiceDesk:
    """Notes what was served."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def serve(self, number: str, *, recipient: str, on: date, method: str, refused_reason: str = "") -> str:
        """Note that a copy of a paper reached its recipient; return the sentence that says so.

        Args:
            number: 文号 or uid.
            recipient: Number of the copy, or words of its label.
            on: Day of service.
            method: One of those of the receipt (`D6`).
            refused_reason: Why the recipient refused it.

        Raises:
            PaperNotFoundError: no such paper.
            UnknownCopyError: no copy, or several, fit.
            UnknownMethodError: not a way of serving.
            ServiceDayError: before the day of the paper, or in the future.
        """
        office = self._office
        methods = office.library.get("D6").field("serve_method").options
        if method not in methods:
            raise UnknownMethodError(method, methods)
        with office.registry.begin() as tx:
            paper = one_paper(tx, number)
            version = tx.papers.version(paper.uid, paper.signed_version or paper.version)
            copies = tx.papers.copies(paper.uid, version.version)
            fits = [c for c in copies if recipient == str(c.number)] or [c for c in copies if recipient in c.recipient]
            if len(fits) != 1:
                raise UnknownCopyError(recipient, copies)
            if not version.made_on <= on <= office.today:
                raise ServiceDayError(on, version.made_on)
            copy = fits[0]
            spec = office.library.get(paper.form_code)
            key = next((c.recipient for c in spec.copies if c.title == copy.recipient), "")
            tx.papers.receive_copy(paper.uid, version.version, copy.number, on=on, refused_reason=refused_reason)
            tx.cases.serve(paper.uid, version.version, copy.number, role=_ROLES.get(key), method=method, on=on)
            waiting = {c.title for c in spec.copies if c.original and c.receipt}
            late = [c for c in tx.papers.copies(paper.uid, version.version) if c.received_on is None]
            if not waiting & {c.recipient for c in late} and paper.child_uid:
                for duty in tx.duties.of_child(paper.child_uid):
                    if duty.kind == "service" and duty.paper_uid == paper.uid and duty.done_on is None:
                        tx.duties.done(duty.id, on)
            tx.audit.append(
                "paper.serve", actor=office.actor.name, subject=paper.uid, version=version.version, copy=copy.number
            )
        title = office.title_of(paper.form_code)
        return f"已记录：{title} {paper.document_number or paper.uid} {copy.recipient}，{method}，{print_date(on)}。"
