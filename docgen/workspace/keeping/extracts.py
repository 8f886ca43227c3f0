"""Who may see what of a dossier, and a paper with the rest left out.

Source: forms.md REF-20, §13 (minimum view per recipient); 个人信息保护法 第六条, 第二十八条. A signed scan
cannot be thinned out, so a recipient who must not see all of a paper gets it printed anew from what
it was made of, marked as an extract.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import PrintJob
from docgen.engine.render import compile_template
from docgen.engine.template import find_template
from docgen.workspace.people.gathering import facts_of_child
from forms.errors import DataError
from forms.profiles.wording import WORDINGS
from forms.profiles.words import print_title

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office
    from forms.people import ChildRecord
    from forms.spec import FormSpec

FULL, RESTRICTED = "full", "restricted"


class UnknownRecipientError(DataError):
    """Nobody by that key gets copies of any form."""

    code = "dossier.recipient"

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        super().__init__(f"不认识接收方“{text}”。可以写：{'、'.join((FULL, RESTRICTED, *known))}。")


class View:
    """What one recipient sees of each form."""

    def __init__(self, office: Office, recipient: str) -> None:
        self.recipient = recipient
        self._copies = {
            spec.code: next((c for c in spec.copies if recipient in {c.recipient, c.key}), None)
            for spec in office.library.all()
        }
        known = {c.recipient: c.title for spec in office.library.all() for c in spec.copies}
        if recipient not in {FULL, RESTRICTED} and not any(self._copies.values()):
            raise UnknownRecipientError(recipient, tuple(sorted(known)))
        names = {FULL: "全卷（内部保存）", RESTRICTED: "限制利用本"}
        self.title = names.get(recipient) or f"供{known.get(recipient, recipient).removesuffix('存')}使用"

    @property
    def is_full(self) -> bool:
        """Everything, as it was signed."""
        return self.recipient == FULL

    def sees(self, spec: FormSpec | None) -> bool:
        """Tell whether papers of a form are for this recipient at all; ``None``: not one of our forms."""
        if self.is_full:
            return True
        if spec is None or spec.restricted:
            return False
        return self.recipient == RESTRICTED or self._copies.get(spec.code) is not None

    def copy_key(self, spec: FormSpec) -> str:
        """Return the key of the copy that is this recipient's own; empty when there is none."""
        copy = self._copies.get(spec.code)
        return copy.key if copy else ""

    def hidden(self, spec: FormSpec) -> frozenset[str]:
        """Return the fields and columns of a form that this recipient must not see."""
        if self.is_full:
            return frozenset()
        copy = self._copies.get(spec.code)
        if self.recipient != RESTRICTED:
            return frozenset(copy.hide) if copy else frozenset()
        hidden = {name for one in spec.copies for name in one.hide}
        for field in spec.fields:
            if field.sensitive:
                hidden.add(field.name)
            hidden |= {f"{field.name}.{column.name}" for column in field.columns if column.sensitive}
        return frozenset(hidden)


def extract_pdf(
    office: Office,
    tx: Tx,
    record: ChildRecord,
    *,
    paper: PaperRecord,
    version: VersionRecord,
    spec: FormSpec,
    hide: frozenset[str],
) -> bytes:
    """Return a paper printed anew without some of its fields: no page marks, no signatures.

    Args:
        office: The open office.
        tx: An open transaction.
        record: The child.
        paper: The paper.
        version: Which version of it.
        spec: Its form.
        hide: Fields and columns to leave out; printed as （略）.
    """
    wording = WORDINGS.get(version.wording, office.settings.wording)
    title = print_title(spec, wording, office.profile)
    head = DocumentHead(
        title=title.main,
        other_title=title.other,
        attachment=title.attachment,
        number=paper.document_number or "",
        made_on=version.made_on,
        copies=max(len(tx.papers.copies(paper.uid, version.version)), 1),
        version=version.version,
        uid=paper.uid,
    )
    facts = facts_of_child(tx, record, office.settings)
    context = build_context(
        spec, version.values, facts, wording=wording, profile=office.profile, document=head, hide=hide
    )
    template = find_template(spec.code, wording.key, office.folder / "templates")
    docx = compile_template(template.data, name=template.name).render(context)
    laid = office.press.lay_out(docx, name=spec.code)
    out = io.BytesIO()
    office.press.write([PrintJob(paper=laid)], out, title=title.main)
    return out.getvalue()
