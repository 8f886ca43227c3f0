"""One paper version made: values → docx → pages → store → registry, number and mark given on the way.

The whole of it stands in one write transaction: what fails gives its number back, because nothing
was given out; what reached the store but not the registry is carried over by the journal.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.registry import new_uid
from archive.store import paper_object
from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import PrintJob
from docgen.engine.render import CompiledTemplate, compile_template
from docgen.engine.source.summary import summary_template
from docgen.engine.template import find_template
from docgen.workspace.office.objects import Inputs, inputs_path, issued_path, layout_path, text_path, variant_path
from docgen.workspace.papers.journal import Intent, clear, settle
from forms.cases.facts import PaperRef
from forms.errors import RefusedError
from forms.marks import PageMark
from forms.profiles.words import print_title
from forms.spec import Subject
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from docgen.engine.press import LaidPaper
    from docgen.workspace.office.opened import Office
    from forms.cases.casefile import CaseFile
    from forms.cases.facts import Facts, Value
    from forms.filling.fill import Followup, Overridden
    from forms.spec import CopySpec, FormSpec
    from forms.values.names_and_numbers import DocumentNumber


class MadeMeanwhileError(RefusedError):
    """Another window has made the same paper, or a new version of it, in the meantime."""

    code = "paper.made-meanwhile"

    def __init__(self) -> None:
        super().__init__("另一个窗口刚刚办好了这份文书，没有再生成一份。请用 docgen papers list 查看。")


class ChangedLayoutError(RefusedError):
    """The issued docx no longer gives the pages that were issued: fonts or program have changed."""

    code = "paper.layout-changed"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"“{number}”按现在的字体排出的页数与当初不同，不能原样重印。"
            "请打印档案里保存的 PDF，或者用 --revise 出新版本。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paper that passed its checks and may be issued."""

    spec: FormSpec
    facts: Facts
    values: Mapping[str, Value]
    copies: tuple[CopySpec, ...]
    """Originals, in the order they are printed."""
    sent: tuple[CopySpec, ...] = ()
    """Copies sent on that leave something out: not signed, not photocopied from the original, but printed."""
    made_on: date
    replaces: PaperRecord | None = None
    """The paper of which this becomes a new version."""
    is_made: Callable[[Tx], bool] = lambda _tx: False
    """Tells, inside the write transaction, whether another window has made the paper since it was looked at."""
    overridden: tuple[Overridden, ...] = ()
    """Refusals a second person let pass: into the file note and the audit chain, never onto the paper."""
    followups: tuple[Followup, ...] = ()
    """What those decisions oblige to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A version that is in the store and the registry."""

    record: PaperRecord
    version: int
    mark_id: str
    title: str
    docx: bytes
    laid: LaidPaper
    copies: tuple[str, ...]
    """Labels of the originals: 被委托人存 …"""
    variants: tuple[Variant, ...] = ()
    """Copies that are not the same as the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A copy that shows less or more than the one that is kept (REF-20): same number, pages of its own.

    It carries no machine-readable marks: a scan of it is never taken for the signed paper.
    """

    key: str
    title: str
    original: bool
    docx: bytes
    laid: LaidPaper


class Issuer:
    """Issues papers of one office; templates are compiled once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._templates: dict[str, CompiledTemplate] = {}

    def template(self, code: str) -> CompiledTemplate:
        """Return the compiled template of a form in the office's wording."""
        if code not in self._templates:
            office = self._office
            found = find_template(code, office.settings.wording.key, office.folder / "templates")
            data = found.data
            if code == "C1" and not found.is_own:  # headings, order and parts of this table are the region's
                data = summary_template(office.profile.quarter, office.settings.wording.key) or data
            self._templates[code] = compile_template(data, name=found.name)
        return self._templates[code]

    def issue(self, draft: Draft) -> Issued:
        """Make one version durable.

        Raises:
            MadeMeanwhileError: another window was quicker.
            TemplateError: the template cannot be used with these values.
            MissingGlyphError: a character that no font has.
            DiskFullError: nothing was given out.
        """
        office = self._office
        work = office.folder / "work"
        with office.registry.begin() as tx:
            settled = settle(office, tx)
            if draft.is_made(tx):
                raise MadeMeanwhileError
            uid, version, number = self._identity(tx, draft)
            mark_id = new_uid()
            head = self._head(draft, number, version)
            values = self._system_values(draft, head, uid)
            filed = _filing_copy(draft)
            context = build_context(
                draft.spec,
                values,
                draft.facts,
                wording=office.settings.wording,
                profile=office.profile,
                document=head,
                hide=filed,
            )
            rendered = self.template(draft.spec.code).render_parts(context)
            docx = rendered.pack()
            laid = office.press.lay_out_rendered(rendered, name=draft.spec.code)
            variants = tuple(
                self._variant(draft, copy, values, head)
                for copy in (*draft.copies, *draft.sent)
                if set(copy.hide) != set(filed)
            )
            inputs = self._inputs(
                draft,
                uid=uid,
                version=version,
                number=number,
                mark_id=mark_id,
                pages=len(laid.pages),
                values=values,
                title=head.title,
            )
            files = {
                inputs_path(version): inputs.as_bytes(),
                issued_path(version, "docx"): docx,
                issued_path(version, "pdf"): self._single(laid, mark_id, head.title),
                layout_path(version): laid.to_json().encode(),
                text_path(version): laid.text.encode(),
            }
            for variant in variants:
                files[variant_path(version, variant.key, "docx")] = variant.docx
                files[variant_path(version, variant.key, "pdf")] = self._single(variant.laid, "", head.title)
            intent = Intent(paper_uid=uid, version=version)
            intent.write(work)
            office.store.put(
                paper_object(uid), files, message=f"生成第 {version} 版", user=office.actor.name, at=office.now
            )
            inputs.register(tx, office.store)
            self._note_overrides(tx, draft, uid)
            record = tx.papers.get(uid)
        clear(office, (*settled, intent))
        return Issued(
            record=record,
            version=version,
            mark_id=mark_id,
            title=head.title,
            docx=docx,
            laid=laid,
            copies=tuple(c.title for c in draft.copies),
            variants=variants,
        )

    def _variant(self, draft: Draft, copy: CopySpec, values: Mapping[str, Value], head: DocumentHead) -> Variant:
        """Render and lay out the copy of one recipient."""
        office = self._office
        context = build_context(
            draft.spec,
            values,
            draft.facts,
            wording=office.settings.wording,
            profile=office.profile,
            document=head,
            hide=copy.hide,
        )
        docx = self.template(draft.spec.code).render(context)
        laid = office.press.lay_out(docx, name=f"{draft.spec.code}（{copy.title}）")
        return Variant(key=copy.key, title=copy.title, original=copy.original, docx=docx, laid=laid)

    def _variants_again(self, record: PaperRecord) -> tuple[Variant, ...]:
        """Return the variants of the newest version from the store."""
        object_id = paper_object(record.uid)
        paths = self._office.store.paths(object_id)
        found = []
        for copy in self._office.library.get(record.form_code).copies:
            path = variant_path(record.version, copy.key, "docx")
            if path in paths:
                docx = self._office.store.read(object_id, path)
                laid = self._office.press.lay_out(docx, name=f"{record.form_code}（{copy.title}）")
                found.append(Variant(key=copy.key, title=copy.title, original=copy.original, docx=docx, laid=laid))
        return tuple(found)

    def again(self, record: PaperRecord) -> Issued:
        """Return the newest version as it was issued, for another printing: same number, same marks."""
        office = self._office
        object_id = paper_object(record.uid)
        with office.registry.read() as tx:
            version = tx.papers.version(record.uid, record.version)
            copies = tuple(c.recipient for c in tx.papers.copies(record.uid, record.version))
        docx = office.store.read(object_id, issued_path(record.version, "docx"))
        laid = office.press.lay_out(docx, name=record.form_code)
        if len(laid.pages) != version.pages:
            raise ChangedLayoutError(str(record.document_number or record.uid))
        return Issued(
            record=record,
            version=record.version,
            mark_id=version.mark_id,
            title=office.title_of(record.form_code),
            docx=docx,
            laid=laid,
            copies=copies,
            variants=self._variants_again(record),
        )

    def _identity(self, tx: Tx, draft: Draft) -> tuple[str, int, DocumentNumber | None]:
        if draft.replaces is not None:
            present = tx.papers.get(draft.replaces.uid)  # another window may have been quicker
            return present.uid, present.version + 1, present.document_number
        number = None
        if draft.spec.series:
            series = self._office.settings.series_name(draft.spec.series, draft.facts.office.name)
            number = tx.numbers.next(series, draft.made_on.year)
        return new_uid(), 1, number

    def _head(self, draft: Draft, number: DocumentNumber | None, version: int) -> DocumentHead:
        title = print_title(draft.spec, self._office.settings.wording, self._office.profile)
        return DocumentHead(
            title=title.main,
            other_title=title.other,
            attachment=title.attachment,
            number=number or "",
            made_on=draft.made_on,
            copies=max(len(draft.copies), 1),
            version=version,
        )

    def _system_values(self, draft: Draft, head: DocumentHead, uid: str) -> dict[str, Value]:
        given: dict[str, Value] = {
            "title": head.title,
            "document_number": str(head.number),
            "document_uid": uid,
            "version": head.version,
            "region_profile": self._office.profile.key,
            "term_profile": self._office.settings.wording.key,
            "copies": head.copies,
        }
        names = {field.name for field in draft.spec.fields if field.system}
        return {**draft.values, **{name: value for name, value in given.items() if name in names}}

    def _inputs(
        self,
        draft: Draft,
        *,
        uid: str,
        version: int,
        number: DocumentNumber | None,
        mark_id: str,
        pages: int,
        values: Mapping[str, Value],
        title: str,
    ) -> Inputs:
        facts = draft.facts
        is_person = draft.spec.subject is Subject.PERSON
        record = None if is_person else facts.record
        carer_uid = facts.person.uid if is_person and facts.person is not None else ""
        if record is not None and draft.spec.person_field and not isinstance(record.carer, Blank):
            carer_uid = record.carer.person.uid
        return Inputs(
            paper_uid=uid,
            form_code=draft.spec.code,
            title=title,
            issuer_uid=facts.office.uid,
            village_uid=facts.village.uid,
            child_uid=record.uid if record is not None else "",
            carer_uid=carer_uid,
            number=number,
            version=version,
            mark_id=mark_id,
            pages=pages,
            wording=self._office.settings.wording.key,
            profile=self._office.profile.key,
            made_on=draft.made_on,
            made_by=self._office.actor.name,
            copies=tuple(c.title for c in draft.copies),
            links=_links(draft),
            values=values,
            notes=tuple(f"{o.override.code} 由{o.override.by}放行：{o.override.reason}" for o in draft.overridden),
            case_uid=facts.case.uid if facts.case else "",
            people=_people_of(facts.case) if facts.case else (),
        )

    def _note_overrides(self, tx: Tx, draft: Draft, uid: str) -> None:
        """Keep who let a refusal pass; the reasons stand in the paper's object, uids and codes here."""
        for passed in draft.overridden:
            tx.audit.append("paper.override", actor=passed.override.by, subject=uid, code=passed.override.code)
        record = draft.facts.record
        for followup in draft.followups if record is not None else ():
            tx.duties.add(followup.code, child_uid=record.uid if record else "", due_on=followup.due_on, paper_uid=uid)

    def _single(self, laid: LaidPaper, mark_id: str, title: str) -> bytes:
        """Return the paper's own PDF for the store: one copy without a copy label, marked if there is a mark."""
        target = io.BytesIO()
        marks = page_marks(mark_id, laid) if mark_id else ()
        job = PrintJob(paper=laid, marks=marks, secret=self._office.secret, copy_label="")
        self._office.press.write([job], target, title=title, duplex=False)
        return target.getvalue()


def _filing_copy(draft: Draft) -> tuple[str, ...]:
    """Return what is left out of the copy that is marked, scanned and kept: that of the issuing office itself.

    A report is kept without its reporter, who stands on the police's copy alone (反家庭暴力法 第十四条).
    """
    return next((copy.hide for copy in draft.copies if copy.recipient == "office"), ())


def page_marks(mark_id: str, laid: LaidPaper) -> tuple[PageMark, ...]:
    """Return the mark of each page of a version."""
    count = len(laid.pages)
    return tuple(PageMark(mark_id=mark_id, page=n, pages=count) for n in range(1, count + 1))


def _links(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return the papers this one rests on, as the registry's kinds of link."""
    found: dict[str, str] = {}
    for link in draft.spec.links:
        value = draft.values.get(link.field) if link.target == "paper" and link.field else None
        if isinstance(value, PaperRef):
            found[value.uid] = _LINK_KINDS.get(link.role, "for")
    if draft.replaces is not None:
        found.pop(draft.replaces.uid, None)
    return tuple((kind, uid) for uid, kind in found.items())


def _people_of(case: CaseFile) -> tuple[tuple[str, str], ...]:
    """Return everybody of a case whom the register knows, as (role, uid)."""
    return tuple((p.role.name.lower(), p.person.uid) for p in case.people if p.person.uid)


_LINK_KINDS = {"rests_on": "follows", "answers": "answers", "replaces": "replaces"}
"""Role in a form's links → kind in the registry."""
