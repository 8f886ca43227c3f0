"""检索: questions to the index, and the index kept up with what was done.

The index is a cache: making and filing papers never waits for it and never fails because of it.
What it owes stands in the registry's outbox; `catch_up` pays it, a search pays it first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.disk import translated
from archive.index import Index, IndexDamagedError
from archive.query import parse_query
from archive.search import EVERYTHING, Hit, Hits, Scope, search
from docgen.workspace.indexing import child_document, old_document, paper_document, paper_text
from docgen.workspace.reports import FoundPaper, SearchResult
from forms.errors import DiskFullError, OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from archive.index import IndexDocument
    from archive.registry import Tx
    from archive.search import Sort
    from docgen.workspace.core import Workspace

BATCH = 500
BEHIND = "索引现在写不进去，刚办的内容可能还找不到；档案没有受影响。请看看磁盘是不是满了，然后再找一次。"
REBUILT = "索引不见了或者损坏了，已经从登记和档案自动重建，结果是完整的。"


class SearchDesk:
    """Search over one office."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._folder = workspace.folder / "index"
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
        if not self.catch_up():
            notice = notice or BEHIND
        assert self._index is not None
        with self._ws.registry.read() as tx:
            hits = search(
                self._index,
                query,
                scope=scope,
                limit=limit,
                offset=offset,
                sort=sort,
                text_of=lambda key: paper_text(self._ws, tx, key),
            )
            return self._result(tx, text, hits, notice)

    def catch_up(self) -> bool:
        """Take what the registry owes into the index; leave it owed and say so when the index cannot take it."""
        try:
            if self._index is None:
                self._index = Index.open(self._folder)
            while self._pay(self._index):
                pass
        except (IndexDamagedError, OfficeBusyError, DiskFullError, OSError):
            return False  # what was made or filed is safe without it
        return True

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Make the index anew from registry and store; return the number of entries.

        Raises:
            DiskFullError: the disk is full.
            UnwritableFolderError: the folder cannot be written.
        """
        self.close()
        with self._ws.registry.read() as tx, translated(self._folder):
            total = len(tx.papers.all()) + tx.people.count() + tx.old.count()
            owed = tx.outbox.take(10**9)
            step = (lambda done: progress(done, total)) if progress else None
            mark = owed[-1].id if owed else 0
            self._index = Index.rebuild(self._folder, self._everything(tx), step, watermark=mark)
        with self._ws.registry.begin() as tx:
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
        """Open the index, rebuilding it if need be; return what the user should know."""
        if self._index is not None:
            return ""
        try:
            self._index = Index.open(self._folder)
        except IndexDamagedError:
            is_new = self._folder.is_dir() and not any(self._folder.iterdir())
            self.rebuild()
            return "" if is_new else REBUILT
        return ""

    def _pay(self, index: Index) -> bool:
        with self._ws.registry.read() as tx:
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
        with self._ws.registry.begin() as tx:
            tx.outbox.done([row.id for row in owed])
        return True

    def _document(self, tx: Tx, kind: str, uid: str) -> IndexDocument | None:
        if kind == "child":
            return child_document(tx, uid, self._ws.today)
        if kind == "item":
            return old_document(self._ws, tx, uid)
        return paper_document(self._ws, tx, uid)

    def _everything(self, tx: Tx) -> Iterator[IndexDocument]:
        for record in tx.people.all():
            yield child_document(tx, record.uid, self._ws.today)
        for paper in tx.papers.all():
            document = paper_document(self._ws, tx, paper.uid)
            if document is not None:
                yield document
        for uid in tx.old.uids():
            document = old_document(self._ws, tx, uid)
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
            title=self._ws.title_of(paper.form_code) if paper else old.title if old else "儿童档案",
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
