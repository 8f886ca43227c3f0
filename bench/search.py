"""Searching: our index against tantivy, in one process, on the same papers and the same tokens.

``python -m bench.search --json [--size N] [--quick]``. Every query of ours goes the whole way from the typed text to
the keys of the first twenty hits and their number; tantivy is given the ready query for the same tokens, and
the numbers of hits are compared before anything is timed. Ratios are medians of CPU time of the calling
thread, ours divided by tantivy's; a group's figure is the geometric mean of its classes, which stand beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy

from archive.index import Index
from archive.index.plan import make_plan
from archive.index.tokens import code_tokens, name_tokens, searched_text, sound_tokens
from archive.normal import SPLIT
from archive.query import parse_query
from archive.search import find_keys, search
from bench.corpus import make_corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.index import IndexDocument
    from archive.index.plan import Choice

_SHOWN = 20
_QUICK = 10_000
_FULL = 100_000
_OPEN = """
import sys
from pathlib import Path
from archive.index import Index
from archive.query import parse_query
from archive.search import search
print(search(Index.open(Path(sys.argv[1])), parse_query(sys.argv[2])).total)
"""


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
        folder.mkdir()
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
                body=" ".join(_bigrams(searched_text(document))),
                key=document.key,
            )
            paper.add_unsigned("day", int(f"{document.day:%Y%m%d}"))
            writer.add_document(paper)
        writer.commit()
        writer.wait_merging_threads()
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
            words: list[str | tuple[int, str]] = [*_bigrams(choice.place.text)]
            if len(words) == 1:
                parts.append(tantivy.Query.term_query(self.schema, "body", str(words[0])))
            else:
                parts.append(tantivy.Query.phrase_query(self.schema, "body", words))
        return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, p) for p in parts])

    def find(self, query: tantivy.Query, sort: str) -> int:
        """Return the number of hits, with the first twenty fetched."""
        order = "day" if sort == "date" else None
        answer = self.searcher.search(query, limit=_SHOWN, count=True, order_by_field=order)
        keys = [self.searcher.doc(address)["key"][0] for _, address in answer.hits]
        assert len(keys) <= _SHOWN
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


def _bigrams(folded: str) -> Iterator[str]:
    for run in SPLIT.finditer(folded):
        if run[2]:
            yield run[2]
        elif len(run[1]) == 1:
            yield run[1]
        else:
            yield from map(str.__add__, run[1], run[1][1:])


@dataclass(slots=True)
class Group:
    """Queries of one kind with the seconds each took."""

    texts: list[str]
    sort: str = "date"
    what: str = "find"
    hits: int = 0
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Ours by tantivy's, medians."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    def row(self) -> dict[str, float]:
        """Figures for the output, in milliseconds."""
        return {
            "hits": self.hits,
            "ours_ms": round(statistics.median(self.ours) * 1000, 3),
            "tantivy_ms": round(statistics.median(self.theirs) * 1000, 3),
            "ratio": round(self.ratio, 2),
        }


GROUPS = {
    "lookup_vs_tantivy": ("name", "id_number", "last_four", "pinyin", "initials", "document_number"),
    "broad_vs_tantivy": ("broad_by_date", "broad_facets", "broad_count"),
    "two_chars_vs_tantivy": ("two_chars_common", "two_chars_middle"),
    "phrase_vs_tantivy": ("three_chars", "four_chars", "six_chars"),
}


def make_groups(documents: list[IndexDocument], count: int) -> dict[str, Group]:
    """Draw queries from the papers themselves."""
    rng = random.Random(11)
    drawn = [rng.choice(documents) for _ in range(count)]
    people = [rng.choice(document.names) for document in drawn]
    texts = [searched_text(document) for document in drawn]
    frequency: dict[str, int] = defaultdict(int)
    for document in rng.sample(documents, min(2000, len(documents))):
        for word in {w for w in _bigrams(searched_text(document)) if len(w) == 2 and not w.isascii()}:
            frequency[word] += 1
    common = [w for w, n in frequency.items() if n > 300 and n < 1600]
    middle = [w for w, n in frequency.items() if 10 <= n <= 30]

    def pieces(size: int) -> list[str]:
        found: list[str] = []
        while len(found) < count:
            runs = [run[1] for run in SPLIT.finditer(rng.choice(texts)) if run[1] and len(run[1]) >= size]
            run = rng.choice(runs)
            at = rng.randrange(len(run) - size + 1)
            found.append(f"正文:{run[at : at + size]}")
        return found

    broad = [f"正文:{word}" for word in rng.sample(common, min(count, len(common)))]
    return {
        "name": Group([f'姓名:"{name}"' for name in people]),
        "id_number": Group([f"证件:{document.id_numbers[0]}" for document in drawn]),
        "last_four": Group([f"证件:{document.id_numbers[0][-4:]}" for document in drawn]),
        "pinyin": Group([f"姓名:{_sound(name, '=')}" for name in people]),
        "initials": Group([f"姓名:{_sound(name, '.')}" for name in people]),
        "document_number": Group([f"文号:{document.document_number}" for document in drawn]),
        "name_and_days": Group([f'姓名:"{d.names[0]}" 日期:{d.day.year}' for d in drawn]),
        "broad_by_date": Group(broad),
        "broad_facets": Group(broad, what="facets"),
        "broad_count": Group(broad, what="count"),
        "two_chars_common": Group(broad, sort="relevance"),
        "two_chars_middle": Group([f"正文:{w}" for w in rng.sample(middle, min(count, len(middle)))], sort="relevance"),
        "three_chars": Group(pieces(3), sort="relevance"),
        "four_chars": Group(pieces(4), sort="relevance"),
        "six_chars": Group(pieces(6), sort="relevance"),
    }


def _sound(name: str, mark: str) -> str:
    return next(token[1:] for token in sorted(sound_tokens([name])) if token[0] == mark)


def measure(index: Index, theirs: Tantivy, groups: dict[str, Group], rounds: int) -> None:
    """Time every query with both, in turns and in a new order each round."""
    jobs = [(group, text, theirs.query(text)) for group in groups.values() for text in group.texts]
    for _, text, query in jobs:
        ours, other = find_keys(index, parse_query(text), limit=_SHOWN).total, theirs.count(query)
        if ours != other:
            raise AssertionError(f"{text}: {ours} hits, tantivy {other}")
    for group in groups.values():
        group.hits = int(statistics.median(find_keys(index, parse_query(t), limit=1).total for t in group.texts))
    rng = random.Random(3)
    for _ in range(rounds):
        rng.shuffle(jobs)
        for group, text, query in jobs:
            start = time.thread_time()
            _ours(index, group, text)
            middle = time.thread_time()
            _theirs(theirs, group, query)
            group.theirs.append(time.thread_time() - middle)
            group.ours.append(middle - start)


def _ours(index: Index, group: Group, text: str) -> None:
    query = parse_query(text)
    if group.what == "find":
        find_keys(index, query, limit=_SHOWN, sort="date" if group.sort == "date" else "relevance")
    else:
        search(index, query, limit=0, sort="date", facets=group.what == "facets")


def _theirs(peer: Tantivy, group: Group, query: tantivy.Query) -> None:
    if group.what == "find":
        peer.find(query, group.sort)
    elif group.what == "facets":
        peer.facets(query)
    else:
        peer.count(query)


def filed_to_findable(index: Index, documents: list[IndexDocument], rounds: int) -> list[float]:
    """Return the seconds from a filed paper to the answer that has it."""
    seconds: list[float] = []
    for number, document in enumerate(documents[:rounds]):
        new = replace(document, key=f"new-{number}", document_number=f"新〔2026〕{number + 1}号")
        start = time.perf_counter()
        index.apply([new], [], index.watermark + 1)
        found = find_keys(index, parse_query(f"文号:新〔2026〕{number + 1}号")).keys
        seconds.append(time.perf_counter() - start)
        assert found == (f"new-{number}",)
    return seconds


def opening(folder: Path, name: str) -> float:
    """Return the seconds a new process needs from its start to the first answer, median of three."""
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _OPEN, str(folder), name], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def run(size: int, *, rounds: int, count: int) -> dict[str, Any]:
    """Build both, compare and time; return the figures."""
    documents = list(make_corpus(size))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        start = time.process_time()
        index = Index.rebuild(folder / "index", documents)
        ours_built = time.process_time() - start
        ours_size = _bytes(folder / "index")
        theirs = Tantivy(folder / "tantivy")
        start = time.process_time()
        theirs.build(documents)
        theirs_built = time.process_time() - start
        theirs_size = _bytes(folder / "tantivy")
        groups = make_groups(documents, count)
        measure(index, theirs, groups, rounds)
        figures: dict[str, Any] = {
            key: round(math.exp(statistics.fmean(math.log(groups[name].ratio) for name in names)), 2)
            for key, names in GROUPS.items()
        }
        opened = opening(folder / "index", documents[0].names[0])
        filed = sorted(filed_to_findable(index, documents, 40))
        figures |= {
            "build_vs_tantivy": round(ours_built / theirs_built, 2),
            "size_vs_tantivy": round(ours_size / theirs_size, 2),
            "filed_to_findable_ms": round(filed[int(len(filed) * 0.95)] * 1000, 1),
            "open_ms": round(opened * 1000),
            "papers": size,
            "build_papers_per_s": round(size / ours_built),
            "index_bytes_per_paper": round(ours_size / size),
            "classes": {key: group.row() for key, group in groups.items()},
        }
        index.close()
    return figures


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--size", type=int, default=0, help=f"number of papers, {_FULL} unless told")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} papers, same keys")
    options = parser.parse_args()
    size = options.size or (_QUICK if options.quick else _FULL)
    figures = run(size, rounds=3 if options.quick else 5, count=20 if options.quick else 40)
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
