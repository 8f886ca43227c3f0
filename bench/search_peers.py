"""The engines that search is measured against: tantivy, SQLite with FTS5, and Whoosh as it comes.

All are given the tokens that ours makes and answer our plans; their own analysers stay out of it.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import tantivy
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.fields import ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import create_in
from whoosh.query.compound import And, Or
from whoosh.query.positional import Phrase
from whoosh.query.ranges import NumericRange
from whoosh.query.terms import Term

from archive.index.plan import make_plan
from archive.index.tokens import code_tokens, name_tokens, searched_text, sound_tokens
from archive.normal import SPLIT
from archive.query import parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive.index import IndexDocument
    from archive.index.plan import Choice, Plan

SHOWN = 20
FACETS = ("form", "village", "status")


def tokens_of(document: IndexDocument) -> dict[str, set[str]]:
    """Return the tokens of names, sounds and codes."""
    names = [name for name in document.names if name]
    return {"names": name_tokens(names), "sounds": sound_tokens(names), "codes": code_tokens(document)}


def day_of(document: IndexDocument) -> int:
    """Return a day as a number: 20260301."""
    return int(f"{document.day:%Y%m%d}")


def pairs_of(folded: str) -> Iterator[str]:
    """Yield pairs of neighbouring ideographs and whole words."""
    for run in SPLIT.finditer(folded):
        if run[2]:
            yield run[2]
        elif len(run[1]) == 1:
            yield run[1]
        else:
            yield from map(str.__add__, run[1], run[1][1:])


class Tantivy:
    """The yardstick: one thread, one segment after waiting for merges, bigrams with positions."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("names", "sounds", "codes"):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        for name in ("form", "village", "status"):
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("body", tokenizer_name="blanks", index_option="position")
        builder.add_unsigned_field("day", fast=True, indexed=True)
        builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
        self.schema = builder.build()
        folder.mkdir(exist_ok=True)
        self.index = tantivy.Index(self.schema, path=str(folder))
        blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self.index.register_tokenizer("blanks", blanks)

    def build(self, documents: Iterable[IndexDocument]) -> None:
        """Index documents with the tokens we make ourselves."""
        writer = self.index.writer(heap_size=512_000_000, num_threads=1)
        for document in documents:
            names = [name for name in document.names if name]
            paper = tantivy.Document(
                names=list(name_tokens(names)),
                sounds=list(sound_tokens(names)),
                codes=list(code_tokens(document)),
                form=document.form_code,
                village=document.village_name,
                status=document.status,
                body=" ".join(pairs_of(searched_text(document))),
                key=document.key,
            )
            paper.add_unsigned("day", int(f"{document.day:%Y%m%d}"))
            writer.add_document(paper)
        writer.commit()
        writer.wait_merging_threads()
        self.open()

    def open(self) -> None:
        """Take up what was built."""
        self.index.reload()
        self.searcher = self.index.searcher()

    def query(self, text: str) -> tantivy.Query:
        """Return our plan of a query as a query of tantivy's."""
        plan = make_plan(parse_query(text), None)
        parts: list[tuple[tantivy.Occur, tantivy.Query]] = [(tantivy.Occur.Must, self._choice(c)) for c in plan.wanted]
        parts += [
            (
                tantivy.Occur.Must,
                tantivy.Query.range_query(self.schema, "day", tantivy.FieldType.Unsigned, d.first, d.last),
            )
            for d in plan.days
        ]
        return parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts)

    def _choice(self, choice: Choice) -> tantivy.Query:
        parts = [tantivy.Query.term_query(self.schema, found.field, found.token) for found in choice.lookups]
        if choice.place is not None:
            words: list[str | tuple[int, str]] = [*pairs_of(choice.place.text)]
            if len(words) == 1:
                parts.append(tantivy.Query.term_query(self.schema, "body", str(words[0])))
            else:
                parts.append(tantivy.Query.phrase_query(self.schema, "body", words))
        return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, p) for p in parts])

    def find(self, query: tantivy.Query, sort: str) -> int:
        """Return the number of hits, with the first twenty fetched."""
        order = "day" if sort == "date" else None
        answer = self.searcher.search(query, limit=SHOWN, count=True, order_by_field=order)
        keys = [self.searcher.doc(address)["key"][0] for _, address in answer.hits]
        assert len(keys) <= SHOWN
        return _count(answer)

    def facets(self, query: tantivy.Query) -> Any:
        """Count what the hits spread over."""
        fields = {name: {"terms": {"field": name, "size": 2000}} for name in ("form", "village", "status")}
        return self.searcher.aggregate(query, fields)

    def count(self, query: tantivy.Query) -> int:
        """Return the number of hits alone."""
        return _count(self.searcher.search(query, limit=1, count=True))


def _count(answer: Any) -> int:
    return int(answer.count)  # there, but missing from tantivy's own type description


class Fts5:
    """SQLite: B-trees for tokens and days, FTS5 for the pairs of the text."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._db = sqlite3.connect(folder / "fts5.db", isolation_level=None)
        self._db.executescript("""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE papers(id INTEGER PRIMARY KEY, key TEXT, day INTEGER, form TEXT, village TEXT, status TEXT);
            CREATE TABLE tokens(field TEXT, token TEXT, paper INTEGER, PRIMARY KEY (field, token, paper)) WITHOUT ROWID;
            CREATE VIRTUAL TABLE body USING fts5(
                text, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
            );
        """)

    def build(self, documents: Iterable[IndexDocument]) -> None:
        """Fill the tables in one transaction."""
        self._db.execute("BEGIN")
        for number, document in enumerate(documents, start=1):
            row = (number, document.key, day_of(document), document.form_code, document.village_name, document.status)
            self._db.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?)", row)
            every = [(field, token, number) for field, held in tokens_of(document).items() for token in held]
            self._db.executemany("INSERT INTO tokens VALUES (?, ?, ?)", every)
            text = " ".join(pairs_of(searched_text(document)))
            self._db.execute("INSERT INTO body(rowid, text) VALUES (?, ?)", (number, text))
        self._db.execute("COMMIT")

    def query(self, text: str) -> tuple[str, list[object], str]:
        """Return the clauses after FROM, their values, and the table whose rank there is."""
        plan = make_plan(parse_query(text), None)
        (choice,) = plan.wanted
        span = "".join(f" AND day BETWEEN {days.first} AND {days.last}" for days in plan.days)
        if choice.place is not None:
            words = " ".join(pairs_of(choice.place.text))
            joined = "body JOIN papers ON papers.id = body.rowid" if span else "body"
            return f"{joined} WHERE body MATCH ?{span}", [f'"{words}"'], "body"
        asked = " OR ".join("(field = ? AND token = ?)" for _ in choice.lookups)
        values: list[object] = [part for found in choice.lookups for part in (found.field, found.token)]
        return f"papers WHERE id IN (SELECT paper FROM tokens WHERE {asked}){span}", values, ""  # noqa: S608

    def find(self, query: tuple[str, list[object], str], sort: str) -> int:
        """Return the number of hits, with the first twenty fetched."""
        clauses, values, ranked = query
        if ranked:
            order = "rank" if sort != "date" else "day DESC"
            joined = clauses if " JOIN " in clauses else clauses.replace("body WHERE", f"body {_JOIN} WHERE")
            rows = self._db.execute(f"SELECT key FROM {joined} ORDER BY {order} LIMIT {SHOWN}", values)  # noqa: S608
        else:
            rows = self._db.execute(f"SELECT key FROM {clauses} ORDER BY day DESC LIMIT {SHOWN}", values)  # noqa: S608
        assert len(rows.fetchall()) <= SHOWN
        return self.count(query)

    def facets(self, query: tuple[str, list[object], str]) -> Any:
        """Count what the hits spread over."""
        clauses, values, _ = query
        joined = clauses if " JOIN " in clauses else clauses.replace("body WHERE", f"body {_JOIN} WHERE")
        return [
            self._db.execute(f"SELECT {name}, count(*) FROM {joined} GROUP BY {name}", values).fetchall()  # noqa: S608
            for name in FACETS
        ]

    def count(self, query: tuple[str, list[object], str]) -> int:
        """Return the number of hits alone."""
        clauses, values, _ = query
        return int(self._db.execute(f"SELECT count(*) FROM {clauses}", values).fetchone()[0])  # noqa: S608


_JOIN = "JOIN papers ON papers.id = body.rowid"


class StockWhoosh:
    """Whoosh with its own codec, its own queries and one searcher kept open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        plain = SpaceSeparatedTokenizer()
        self._index = create_in(
            str(folder),
            Schema(
                names=KEYWORD(),
                sounds=KEYWORD(),
                codes=KEYWORD(),
                body=TEXT(analyzer=plain, phrase=True),
                form=ID(sortable=True),
                village=ID(sortable=True),
                status=ID(sortable=True),
                day=NUMERIC(int, sortable=True),
                key=ID(stored=True),
            ),
        )

    def build(self, documents: Iterable[IndexDocument]) -> None:
        """Index documents in one commit."""
        writer = self._index.writer(limitmb=1024)
        for document in documents:
            writer.add_document(
                **{field: " ".join(held) for field, held in tokens_of(document).items()},
                body=" ".join(pairs_of(searched_text(document))),
                form=document.form_code,
                village=document.village_name,
                status=document.status,
                day=day_of(document),
                key=document.key,
            )
        writer.commit()
        self._searcher = self._index.searcher()

    def query(self, text: str) -> Any:
        """Return our plan of a query as Whoosh's query."""
        plan = make_plan(parse_query(text), None)
        parts = [*map(_whoosh_choice, plan.wanted), *_whoosh_days(plan)]
        return parts[0] if len(parts) == 1 else And(parts)

    def find(self, query: Any, sort: str) -> int:
        """Return the number of hits, with the first twenty fetched."""
        found = self._searcher.search(
            query, limit=SHOWN, **({"sortedby": "day", "reverse": True} if sort == "date" else {})
        )
        assert len([hit["key"] for hit in found]) <= SHOWN
        return len(found)

    def facets(self, query: Any) -> Any:
        """Count what the hits spread over."""
        found = self._searcher.search(query, limit=1, groupedby=list(FACETS))
        groups: Any = found.groups
        return [groups(name) for name in FACETS]

    def count(self, query: Any) -> int:
        """Return the number of hits alone."""
        return len(self._searcher.search(query, limit=1))


def _whoosh_choice(choice: Choice) -> Any:
    parts: list[Any]
    if choice.place is None:
        parts = [Term(found.field, found.token) for found in choice.lookups]
    else:
        words = [*pairs_of(choice.place.text)]
        parts = [Term("body", words[0]) if len(words) == 1 else Phrase("body", words)]
    return parts[0] if len(parts) == 1 else Or(parts)


def _whoosh_days(plan: Plan) -> list[Any]:
    return [NumericRange("day", days.first, days.last) for days in plan.days]
