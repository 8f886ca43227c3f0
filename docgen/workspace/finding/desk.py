"""检索: questions to the index, and the index kept up with what was done.

The index is a cache: making and filing papers never waits for it and never fails because of it.
What it owes stands in the registry's outbox; `catch_up` pays it, a search pays it first. An index that is absent
or damaged is made anew: a small one at once, a larger one in the background (`rebuilding`), and until it is there
the registry answers what it can.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from archive.disk import translated
from archive.fallback import search_registry
from archive.index import Index, IndexDamagedError
from archive.query import parse_query
from archive.search import EVERYTHING, Hit, Hits, Scope, search
from docgen.workspace.finding import rebuilding
from docgen.workspace.finding.indexing import child_document, old_document, paper_document, paper_text
from docgen.workspace.finding.lookups import RegisterLookups
from docgen.workspace.finding.reports import FoundPaper, SearchResult
from forms.errors import AppError, DiskFullError, OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from archive.index import IndexDocument
    from archive.query import Query
    from archive.registry import Tx
    from archive.search import Sort
    from docgen.workspace.office.opened import Office

BATCH = 500
REBUILT_AT_ONCE = 2000
"""Entries that are indexed again in a second or two; the question waits for that."""

READ_WHOLE = 32_000_000
"""Bytes of an index that are compared with their digest at each opening; that takes some 20 ms."""

BEHIND = "索引现在写不进去，刚办的内容可能还找不到；档案没有受影响。请看看磁盘是不是满了，然后再找一次。"
REBUILT = "索引不见了或者损坏了，已经从登记和档案自动重建，结果是完整的。"
OLDER = "索引正在后台重建，刚办的内容可能还找不到；档案没有受影响。"
DAMAGED = "索引不见了或者损坏了"
OUTDATED = "程序有更新，索引要按新版重建"
REBUILDING = "索引不见了或者损坏了，正在后台重建，档案没有受影响。{answered}"
NOT_REBUILT = (
    "索引不见了或者损坏了，自动重建没有成功（{why}），档案没有受影响。{answered}请用 docgen index rebuild 重建。"
)
ANSWERED = "这一次只按姓名、身份证号码、文号和档号从登记里查。"


class _Asked(NamedTuple):
    """What `SearchDesk.search` was asked."""

    query: Query
    scope: Scope
    sort: Sort
    limit: int
    offset: int


class SearchDesk:
    """Search over one office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._folder = office.folder / "index"
        self._index: Index | None = None

    def search(
        self,
        words: str,
        *,
        village: str | None = None,
        form_code: str | None = None,
        status: str | None = None,
        first: date | None = None,
        last: date | None = None,
        sort: Sort = "relevance",
        limit: int = 20,
        offset: int = 0,
        scope: Scope = EVERYTHING,
    ) -> SearchResult:
        """Find papers and children.

        Args:
            words: A query; see docs/search.md for the language.
            village: Only of one village; the other filters alike, dates with both ends.
            form_code: Code or name of a form.
            status: E.g. 已归档.
            first: First day.
            last: Last day.
            sort: Relevance or date.
            limit: Most hits shown.
            offset: Hits to skip.
            scope: Units whose papers the user may see; part of the query.

        Raises:
            QueryError: the query cannot be understood; says where.
        """
        text = " ".join([words, *_filters(village, form_code, status, first, last)]).strip()
        query = parse_query(text)
        notice = self._open()
        if self._index is not None and not self.catch_up():
            notice = notice or (OLDER if rebuilding.is_running(self._folder) else BEHIND)
        asked = _Asked(query=query, scope=scope, sort=sort, limit=limit, offset=offset)
        try:
            return self._answer(asked, notice)
        except IndexDamagedError:
            return self._answer(asked, self._mend())

    def _answer(self, asked: _Asked, notice: str) -> SearchResult:
        """Answer from the index, or from the registry where there is none."""
        query, scope, sort, limit, offset = asked
        with self._office.registry.read() as tx:
            if self._index is None:
                lookups = RegisterLookups(tx, self._office.today)
                hits = search_registry(lookups, query, scope=scope, limit=limit, offset=offset)
                left = "、".join(hits.not_searched)
                notice = notice.format(answered=ANSWERED + (f"“{left}”没有查。" if left else ""))
            else:
                text_of = partial(paper_text, self._office, tx)
                hits = search(self._index, query, scope=scope, limit=limit, offset=offset, sort=sort, text_of=text_of)
            return self._result(tx, query.text, hits, notice)

    def catch_up(self) -> bool:
        """Take what the registry owes into the index; leave it owed and say so when the index cannot take it."""
        try:
            if rebuilding.is_running(self._folder):
                return False  # nobody waits for it; what is owed is paid when it is done
            if self._index is None:
                self._index = Index.open(self._folder)
            while self._pay(self._index):
                pass
            if self._index.is_scattered:
                rebuilding.begin(self._office.folder, "tidy")
        except (IndexDamagedError, OfficeBusyError, DiskFullError, OSError):
            return False  # what was made or filed is safe without it
        return True

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Make the index anew from registry and store; return the number of entries.

        Raises:
            OfficeBusyError: another process is rebuilding it.
            DiskFullError: the disk is full.
            UnwritableFolderError: the folder cannot be written.
        """
        self.close()
        with translated(self._folder), rebuilding.only_one(self._folder):
            with self._office.registry.read() as tx:
                total = self._entries(tx)
                owed = tx.outbox.take(10**9)
                step = (lambda done: progress(done, total)) if progress else None
                mark = owed[-1].id if owed else 0
                everything = self._everything(tx)
                self._index = Index.rebuild(self._folder, everything, step, watermark=mark, expected=total)
            with self._office.registry.begin() as tx:
                tx.outbox.done([row.id for row in owed])
        return len(self._index)

    def check(self) -> None:
        """Read the whole index.

        Raises:
            IndexDamagedError: it is not whole.
        """
        with Index.open(self._folder) as index:
            index.check()

    def close(self) -> None:
        """Let go of the index's files."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def _open(self) -> str:
        """Open the index, or see to it that there will be one; return what the user should know."""
        if self._index is not None:
            return ""
        try:
            self._index = Index.open(self._folder)
            if self._index.size_on_disk <= READ_WHOLE:
                self._index.check()
        except IndexDamagedError as error:
            notice = self._mend()
            return notice.replace(DAMAGED, OUTDATED) if error.is_outdated else notice
        except OSError:
            return self._mend()
        return ""

    def _mend(self) -> str:
        """Make the index anew, at once or in the background; return what the user should know."""
        self.close()
        is_new = self._folder.is_dir() and not any(self._folder.iterdir())
        if rebuilding.is_running(self._folder):
            return REBUILDING
        with self._office.registry.read() as tx:
            is_small = self._entries(tx) <= REBUILT_AT_ONCE
        if is_small:
            try:
                self.rebuild()
            except (AppError, OSError) as error:
                return NOT_REBUILT.replace("{why}", error.code if isinstance(error, AppError) else "写不进去")
            return "" if is_new else REBUILT
        why = rebuilding.failed(self._folder)
        if not why and rebuilding.begin(self._office.folder):
            return REBUILDING
        return NOT_REBUILT.replace("{why}", why or "不能启动")

    def _entries(self, tx: Tx) -> int:
        return tx.papers.count() + tx.people.count() + tx.old.count()

    def _pay(self, index: Index) -> bool:
        with self._office.registry.read() as tx:
            owed = tx.outbox.take(BATCH)
            if not owed:
                return False
            keys = dict.fromkeys((row.kind, row.uid) for row in owed)
            made = [(uid, self._document(tx, kind, uid)) for kind, uid in keys]
        index.apply(
            [document for _, document in made if document is not None],
            [uid for uid, document in made if document is None],
            owed[-1].id,
        )
        with self._office.registry.begin() as tx:
            tx.outbox.done([row.id for row in owed])
        return True

    def _document(self, tx: Tx, kind: str, uid: str) -> IndexDocument | None:
        if kind == "child":
            return child_document(tx, uid, self._office.today)
        if kind == "item":
            return old_document(self._office, tx, uid)
        return paper_document(self._office, tx, uid)

    def _everything(self, tx: Tx) -> Iterator[IndexDocument]:
        for record in tx.people.all():
            yield child_document(tx, record.uid, self._office.today)
        for uid in tx.papers.uids():
            document = paper_document(self._office, tx, uid)
            if document is not None:
                yield document
        for uid in tx.old.uids():
            document = old_document(self._office, tx, uid)
            if document is not None:
                yield document

    def _result(self, tx: Tx, text: str, hits: Hits, notice: str) -> SearchResult:
        return SearchResult(
            query=text,
            total=hits.total,
            hits=tuple(self._found(tx, hit) for hit in hits.hits),
            facets={
                "form": dict(hits.facets.form),
                "village": dict(hits.facets.village),
                "year": dict(hits.facets.year),
                "status": dict(hits.facets.status),
            },
            notice=notice,
        )

    def _found(self, tx: Tx, hit: Hit) -> FoundPaper:
        paper = tx.papers.by_uid(hit.key) if hit.kind == "paper" else None
        old = tx.old.by_uid(hit.key) if hit.kind == "item" else None
        about = paper or old
        child_uid = about.child_uid if about else hit.key if hit.kind == "child" else ""
        return FoundPaper(
            key=hit.key,
            kind=hit.kind,
            form_code=hit.form_code,
            title=self._office.title_of(paper.form_code) if paper else old.title if old else "儿童档案",
            number=str(paper.document_number or "") if paper else "",
            subject=str(tx.people.get(child_uid).child.person.name) if child_uid else "",
            child_uid=child_uid,
            village=hit.village_name,
            day=f"{hit.day // 10000}-{hit.day // 100 % 100:02}-{hit.day % 100:02}",
            status=hit.status,
            score=round(float(hit.score), 4),
            is_near=hit.is_near,
            snippet=hit.snippet.text,
            marks=hit.snippet.marks,
        )


def _filters(
    village: str | None, form_code: str | None, status: str | None, first: date | None, last: date | None
) -> list[str]:
    parts = [f'{word}:"{value}"' for word, value in (("村", village), ("表", form_code), ("状态", status)) if value]
    if first or last:
        parts.append(f"日期:{first.isoformat() if first else ''}..{last.isoformat() if last else ''}")
    return parts
