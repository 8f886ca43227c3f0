"""Searching: our index against tantivy, SQLite with FTS5 and stock Whoosh, in one process, on the same tokens.

``python -m bench.search --json [--size N] [--quick]``. Every query of ours goes the whole way from the typed text to
the keys of the first twenty hits and their number; the others are given the ready query for the same tokens, and
the numbers of hits are compared before anything is timed. Ratios are medians of CPU time of the calling
thread, ours divided by tantivy's; a group's figure is the geometric mean of its classes, which stand beside it.
``first_vs_tantivy`` is the same for queries asked for the first time after opening the index, when nothing has been
unpacked yet. ``fts5_vs_ours`` and ``whoosh_vs_ours`` are the others' times divided by ours; stock Whoosh builds too
slowly for more than `_STOCK` papers, so there both hold the first so many only. ``--alone`` leaves these two out.
``wrong_sets`` counts queries whose whole set of hits is another than reading every paper gives, after papers were
added, changed and deleted; it must be 0.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.index import Index
from archive.index.tokens import searched_text, sound_tokens
from archive.normal import SPLIT
from archive.query import parse_query
from archive.search import find_keys, search
from bench.corpus import make_corpus
from bench.search_peers import SHOWN, Fts5, StockWhoosh, Tantivy, pairs_of
from bench.search_truth import wrong_sets

if TYPE_CHECKING:
    from archive.index import IndexDocument

_QUICK = 10_000
_FULL = 100_000
_STOCK = 2_000
_STOCK_QUICK = 500
_FILED = 40
"""Papers filed one by one."""
_CHANGED = 400
"""Papers changed or deleted before the answers are held against reading every paper."""
_VERIFIED = 2
"""Queries of each class that are."""
_OPEN = """
import sys
from pathlib import Path
from archive.index import Index
from archive.query import parse_query
from archive.search import search
print(search(Index.open(Path(sys.argv[1])), parse_query(sys.argv[2])).total)
"""


@dataclass(slots=True)
class Group:
    """Queries of one kind with the seconds each took, by engine."""

    texts: list[str]
    sort: str = "date"
    what: str = "find"
    hits: int = 0
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def ratio(self, one: str, other: str) -> float:
        """Return the median of one engine by that of another."""
        return statistics.median(self.times[one]) / statistics.median(self.times[other])

    def row(self) -> dict[str, float]:
        """Figures for the output, in milliseconds."""
        return {"hits": self.hits} | {
            f"{name}_ms": round(statistics.median(times) * 1000, 3) for name, times in self.times.items()
        }


GROUPS = {
    "lookup": ("name", "id_number", "last_four", "pinyin", "initials", "document_number"),
    "broad": ("broad_by_date", "broad_facets", "broad_count"),
    "two_chars": ("two_chars_common", "two_chars_middle"),
    "phrase": ("three_chars", "four_chars", "six_chars"),
}


def make_groups(documents: list[IndexDocument], count: int) -> dict[str, Group]:
    """Draw queries from the papers themselves."""
    rng = random.Random(11)
    drawn = [rng.choice(documents) for _ in range(count)]
    people = [rng.choice(document.names) for document in drawn]
    texts = [searched_text(document) for document in drawn]
    frequency: dict[str, int] = defaultdict(int)
    for document in rng.sample(documents, min(2000, len(documents))):
        for word in {w for w in pairs_of(searched_text(document)) if len(w) == 2 and not w.isascii()}:
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


def measure(index: Index, peers: dict[str, Any], groups: dict[str, Group], rounds: int) -> int:
    """Time every query with all engines, in turns and in a new order each round.

    Returns:
        How many queries stock Whoosh counted wrongly (a range of days beside another clause, where there are many
        papers); any other engine that counts otherwise than ours stops the bench.
    """
    jobs = [
        (group, text, {name: peer.query(text) for name, peer in peers.items()})
        for group in groups.values()
        for text in group.texts
    ]
    for group, text, _ in jobs:
        start = time.thread_time()
        _ours(index, group, text)
        group.times["first"].append(time.thread_time() - start)
    wrong = 0
    for _, text, queries in jobs:
        ours = find_keys(index, parse_query(text), limit=SHOWN).total
        for name, peer in peers.items():
            if ours != (other := peer.count(queries[name])):
                wrong += 1
                if name != "whoosh":
                    raise AssertionError(f"{text}: {ours} hits, {name} {other}")
    for group in groups.values():
        group.hits = int(statistics.median(find_keys(index, parse_query(t), limit=1).total for t in group.texts))
    rng = random.Random(3)
    for turn in range(rounds):
        rng.shuffle(jobs)
        for group, text, queries in jobs:
            start = time.thread_time()
            _ours(index, group, text)
            group.times["ours"].append(time.thread_time() - start)
            for name, peer in peers.items():
                if name == "tantivy" or turn == 0:
                    start = time.thread_time()
                    _theirs(peer, group, queries[name])
                    group.times[name].append(time.thread_time() - start)
    return wrong


def _ours(index: Index, group: Group, text: str) -> None:
    query = parse_query(text)
    if group.what == "find":
        find_keys(index, query, limit=SHOWN, sort="date" if group.sort == "date" else "relevance")
    else:
        search(index, query, limit=0, sort="date", facets=group.what == "facets")


def _theirs(peer: Any, group: Group, query: Any) -> None:
    if group.what == "find":
        peer.find(query, group.sort)
    elif group.what == "facets":
        peer.facets(query)
    else:
        peer.count(query)


def by_group(groups: dict[str, Group], one: str, other: str) -> dict[str, float]:
    """Return the geometric mean of the ratios of each group's classes."""
    return {
        key: round(math.exp(statistics.fmean(math.log(groups[name].ratio(one, other)) for name in names)), 2)
        for key, names in GROUPS.items()
    }


def filed_to_findable(index: Index, documents: list[IndexDocument], rounds: int) -> list[float]:
    """Return the seconds from a filed paper to the answer that has it."""
    seconds: list[float] = []
    for number, document in enumerate(documents[:rounds]):
        new = _filed(number, document)
        start = time.perf_counter()
        index.apply([new], [], index.watermark + 1)
        found = find_keys(index, parse_query(f"文号:新〔2026〕{number + 1}号")).keys
        seconds.append(time.perf_counter() - start)
        assert found == (f"new-{number}",)
    return seconds


def _filed(number: int, document: IndexDocument) -> IndexDocument:
    return replace(document, key=f"new-{number}", document_number=f"新〔2026〕{number + 1}号")


def wrong_after_changes(index: Index, documents: list[IndexDocument], groups: dict[str, Group]) -> tuple[int, int]:
    """Change, delete and add papers, then hold some queries of each class against reading every paper.

    Returns:
        How many were answered wrongly, and how many were asked; some are about what was changed and deleted.
    """
    known = {document.key: document for document in documents}
    rng = random.Random(5)
    touched = rng.sample(documents, min(_CHANGED, len(documents) // 3))
    removed = [document.key for document in touched[::2]]
    changed = [
        replace(document, names=other.names, body=f"{document.body}\n{other.body[:200]}", day=other.day)
        for document, other in zip(touched[1::2], touched[::2], strict=False)
    ]
    added = [_filed(number, document) for number, document in enumerate(documents[:_FILED])]
    index.apply([*changed, *added], removed, index.watermark + 1)
    known |= {document.key: document for document in (*changed, *added)}
    for key in removed:
        del known[key]
    texts = [text for group in groups.values() for text in rng.sample(group.texts, min(_VERIFIED, len(group.texts)))]
    for document in touched[:_VERIFIED]:
        texts += [f'姓名:"{document.names[0]}"', f"证件:{document.id_numbers[0]}", f"文号:{document.document_number}"]
    return len(wrong_sets(index, known.values(), texts)), len(texts)


def opening(folder: Path, name: str) -> float:
    """Return the seconds a new process needs from its start to the first answer, median of three."""
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _OPEN, str(folder), name], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def built(engine: Any, documents: list[IndexDocument]) -> float:
    """Build a peer; return the CPU seconds it took."""
    start = time.process_time()
    engine.build(documents)
    return time.process_time() - start


def run(folder: Path, size: int, *, rounds: int, count: int, stock: int) -> dict[str, Any]:
    """Build all, compare and time; return the figures.

    Args:
        folder: For the indexes; those of ours and tantivy's that stand there already are taken as they are, and
            what building costs is not told.
        size: Papers.
        rounds: Rounds in which each query is timed.
        count: Queries of a class.
        stock: Papers of the comparison with stock Whoosh; 0: measured against tantivy alone.
    """
    documents = list(make_corpus(size))
    took: dict[str, float] = {}
    is_kept = (folder / "index").is_dir() and (folder / "tantivy").is_dir()
    if not is_kept:
        start = time.process_time()
        Index.rebuild(folder / "index", documents, expected=size).close()
        took["ours"] = time.process_time() - start
    yardstick = Tantivy(folder / "tantivy")
    if is_kept:
        yardstick.open()
    else:
        took["tantivy"] = built(yardstick, documents)
    peers: dict[str, Any] = {"tantivy": yardstick}
    if stock:
        peers["fts5"] = Fts5(folder / "fts5")
        took["fts5"] = built(peers["fts5"], documents)
    sizes = {key: _bytes(folder / key) for key in ("index", "tantivy")}
    groups = make_groups(documents, count)
    with Index.open(folder / "index") as index:
        measure(index, peers, groups, rounds)
    found: dict[str, Any] = {f"{key}_vs_tantivy": ratio for key, ratio in by_group(groups, "ours", "tantivy").items()}
    if "ours" in took:
        found["build_vs_tantivy"] = round(took["ours"] / took["tantivy"], 2)
        found["build_papers_per_s"] = round(size / took["ours"])
    found["size_vs_tantivy"] = round(sizes["index"] / sizes["tantivy"], 2)
    found["index_bytes_per_paper"] = round(sizes["index"] / size)
    found["first_vs_tantivy"] = by_group(groups, "first", "tantivy")
    if stock:
        found |= others(folder, documents[:stock], groups, took, size)
    found["open_ms"] = round(opening(folder / "index", documents[0].names[0]) * 1000)
    # segments are never written again, so links to them are a copy; the index itself stays as it was built
    shutil.rmtree(folder / "changed", ignore_errors=True)
    changed = Path(shutil.copytree(folder / "index", folder / "changed", copy_function=os.link))
    with Index.open(changed) as index:
        filed = sorted(filed_to_findable(index, documents, _FILED))
        found["wrong_sets"], found["sets_verified"] = wrong_after_changes(index, documents, groups)
    shutil.rmtree(changed)
    found["filed_to_findable_ms"] = round(filed[int(len(filed) * 0.95)] * 1000, 1)
    return found | {"papers": size, "classes": {key: group.row() for key, group in groups.items()}}


def others(
    folder: Path, documents: list[IndexDocument], groups: dict[str, Group], took: dict[str, float], size: int
) -> dict[str, Any]:
    """Compare with stock Whoosh over the first papers; return the figures of it and of FTS5."""
    small = {key: replace(group, hits=0, times=defaultdict(list)) for key, group in groups.items()}
    whoosh = StockWhoosh(folder / "whoosh")
    spent = built(whoosh, documents)
    with Index.rebuild(folder / "small", documents) as index:
        miscounted = measure(index, {"whoosh": whoosh}, small, 2)
    found: dict[str, Any] = {
        "fts5_vs_ours": by_group(groups, "fts5", "ours"),
        "whoosh_vs_ours": by_group(small, "whoosh", "ours"),
        "whoosh_wrong_counts": miscounted,
        "whoosh_papers": len(documents),
    }
    if "ours" in took:
        found["fts5_build_vs_ours"] = round(took["fts5"] / took["ours"], 2)
        found["whoosh_build_vs_ours"] = round(spent / len(documents) / (took["ours"] / size), 2)
    return found


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--size", type=int, default=0, help=f"number of papers, {_FULL} unless told")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} papers, same keys")
    parser.add_argument(
        "--alone", action="store_true", help="against tantivy alone; the others take hours for 1,000,000"
    )
    parser.add_argument("--keep", type=Path, help="use this folder, what is built in it as well, and leave it")
    options = parser.parse_args()
    size = options.size or (_QUICK if options.quick else _FULL)
    rounds, count, stock = (3, 20, _STOCK_QUICK) if options.quick else (5, 40, _STOCK)
    stock = 0 if options.alone else min(size, stock)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        figures = run(folder, size, rounds=rounds, count=count, stock=stock)
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
