"""The print stack: one PDF in signing order, and a docx of each paper for those who must edit.

File names carry the day, the place and the forms; never a name or a number of a person.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive.disk import translated
from docgen.engine.press import PrintJob
from docgen.workspace.papers.issuing import page_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.issuing import Issued


PAPERS_PER_STACK = 300
"""From so many papers on a batch is printed in several stacks, each as soon as its papers are issued.

A laid paper of three pages takes some 170 kB until it is printed, so a county's batch never takes more memory than
this many; a stack of a thousand sheets is what a person carries to a printer; and a batch that is broken off loses no
more than one unfinished stack, which the next call prints without being asked. Worker processes are not used: the
number stands on the paper, so it is laid out and written within the transaction that gives the number out and gives it
back when the paper cannot be made; what could go to another process is less than a third of the work
(docs/measured.md).
"""


def print_counted(
    office: Office,
    issued: Sequence[Issued],
    label: str,
    *,
    again: bool,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Path, Path, int]:
    """Write one stack and record that its papers were printed; gives and raises what `print_stack` does.

    Args:
        office: The open office.
        issued: Papers in signing order.
        label: See `print_stack`.
        again: They had been printed before.
        progress: See `print_stack`.
    """
    done = print_stack(office, issued, label, progress)
    with office.registry.begin() as tx:
        for paper in issued:
            tx.papers.count_print(paper.record.uid, paper.version)
            action = "paper.reprint" if again else "paper.print"
            tx.audit.append(action, actor=office.actor.name, subject=paper.record.uid, version=paper.version)
    return done


def print_stack(
    office: Office, issued: Sequence[Issued], label: str, progress: Callable[[int, int], None] | None = None
) -> tuple[Path, Path, int]:
    """Write the stack and the docx files into `out/`.

    Args:
        office: The open office.
        issued: Papers in signing order; each is printed in as many originals as it has copies.
        label: Short name of the village, or empty.
        progress: Called with print jobs done and print jobs in all.

    Returns:
        The PDF, the folder of docx files, and the number of pages in the PDF.

    Raises:
        DiskFullError: nothing was left in `out/`.
        UnwritableFolderError: the same, for a folder that cannot be written.
    """
    codes = "-".join(dict.fromkeys(i.record.form_code for i in issued))
    parts = [f"{office.now:%Y%m%d-%H%M%S}", _file_name(label), codes]
    out = office.folder / "out"
    jobs = [job for paper in issued for job in _originals(paper, office.secret)]
    jobs += [job for paper in issued for job in _sent(paper)]
    with translated(out), ExitStack() as failed:
        out.mkdir(exist_ok=True)
        folder = _unused(out / "-".join(part for part in parts if part))
        folder.mkdir()
        failed.callback(shutil.rmtree, folder, ignore_errors=True)
        for paper in issued:
            number = str(paper.record.document_number or paper.record.uid)
            name = f"{paper.record.form_code}-{_file_name(number)}-v{paper.version}.docx"
            (folder / name).write_bytes(paper.docx)
            for variant in paper.variants:
                (folder / name.replace(".docx", f"-{variant.key}.docx")).write_bytes(variant.docx)
        temporary = office.folder / "work" / f"{folder.name}.pdf.part"
        failed.callback(temporary.unlink, missing_ok=True)
        with temporary.open("wb") as file:
            pages = office.press.write(jobs, file, title=label or issued[0].title, duplex=True, progress=progress)
            file.flush()
            os.fsync(file.fileno())
        stack = temporary.replace(_stack_of(folder))
        failed.pop_all()  # all is well: nothing is taken back
    return stack, folder, pages


def _originals(paper: Issued, secret: bytes) -> Iterator[PrintJob]:
    """Yield every original of one paper, in order.

    One that leaves something out has pages of its own, without the marks that file a scan (REF-20).
    """
    own = {variant.title: variant for variant in paper.variants if variant.original}
    for k in range(max(len(paper.copies), 1)):
        label = _copy_label(paper.copies, k)
        variant = own.get(paper.copies[k]) if paper.copies else None
        if variant is not None:
            yield PrintJob(paper=variant.laid, copy_label=f"{label}（专用的一份，不用于归档）")
        else:
            marks = page_marks(paper.mark_id, paper.laid)
            yield PrintJob(paper=paper.laid, marks=marks, secret=secret, copy_label=label)


def _sent(paper: Issued) -> Iterator[PrintJob]:
    """Yield the copies that are sent on and leave something out: nobody signs them, they lie last in the stack."""
    number = str(paper.record.document_number or "")
    for variant in paper.variants:
        if not variant.original:
            label = f"复制件　送：{variant.title}　{number}（略去该单位不需要的内容，不用于归档）"
            yield PrintJob(paper=variant.laid, copy_label=label)


def _copy_label(copies: Sequence[str], k: int) -> str:
    if not copies:
        return ""
    return f"第 {k + 1} 份，共 {len(copies)} 份　{copies[k]}"


def _file_name(text: str) -> str:
    """Return text that every file system takes as part of a name."""
    return re.sub(r'[\\/:*?"<>|\s]+', "", text)[:60]


def _stack_of(folder: Path) -> Path:
    """Return where the stack of a folder stands; a label may hold full stops (2026-10-01..2026-11-22)."""
    return folder.with_name(f"{folder.name}.pdf")


def _unused(path: Path) -> Path:
    candidate, n = path, 2
    while candidate.exists() or _stack_of(candidate).exists():
        candidate, n = path.with_name(f"{path.name}-{n}"), n + 1
    return candidate
