"""补打: a paper printed once more by its number – same version, same marks, copies labelled as the first time.

Nothing new is registered but the event and the count of printings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.papers.printing import print_counted
from docgen.workspace.papers.reports import MadePaper, MakeReport
from docgen.workspace.people.choosing import one_paper
from forms.errors import RefusedError
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.issuing import Issued, Issuer
    from forms.problems import Problem


class NotReprintableError(RefusedError):
    """The paper is not out any more."""

    code = "paper.not-reprintable"

    def __init__(self, number: str, status: str, way: str) -> None:
        super().__init__(f"“{number}”{status}，不能补打。{way}")


def reprint(
    office: Office,
    issuer: Issuer,
    numbers: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> MakeReport:
    """Print papers again; see `docgen.workspace.papers.desk.PaperDesk.reprint`."""
    with office.registry.read() as tx:
        records = [_out(tx, number) for number in dict.fromkeys(numbers)]
        subjects = {record.uid: _subject(tx, record) for record in records}
    issued = [issuer.again(record) for record in records]
    stack, folder, sheets = print_counted(office, issued, "补打", again=True, progress=progress)
    made = tuple(made_paper(paper, subjects[paper.record.uid], (), office) for paper in issued)
    return MakeReport(made=made, failed=(), skipped=(), stack=stack, docx_folder=folder, sheets=sheets)


def made_paper(issued: Issued, subject: str, problems: tuple[Problem, ...], office: Office) -> MadePaper:
    """Return what a report says of a paper that was printed."""
    return MadePaper(
        uid=issued.record.uid,
        form_code=issued.record.form_code,
        title=office.title_of(issued.record.form_code),
        number=str(issued.record.document_number or ""),
        subject=subject,
        version=issued.version,
        pages=len(issued.laid.pages),
        copies=len(issued.copies),
        problems=problems,
        fallbacks="".join(sorted({f.char for f in issued.laid.fallbacks})),
    )


def _out(tx: Tx, number: str) -> PaperRecord:
    record = one_paper(tx, number)
    status = tx.papers.version(record.uid, record.version).status
    if status is PaperStatus.VOID:
        raise NotReprintableError(number, "已经作废", "请重新生成一份。")
    if status is not PaperStatus.ISSUED:
        raise NotReprintableError(
            number, f"的签字件已经收回（{status.value}）", "要用纸件，请从归档的扫描件打印；内容有变请用 --revise。"
        )
    return record


def _subject(tx: Tx, record: PaperRecord) -> str:
    if record.child_uid:
        return str(tx.people.get(record.child_uid).child.person.name)
    village = tx.units.get(record.village_uid) if record.village_uid else None
    return (village.short or village.name) if village else ""
