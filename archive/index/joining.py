"""Segments joined aside: more and bigger ones than `archive.index.writer` joins while a paper is filed.

What is joined is read from segments that never change and written to a folder of its own, so that filing and
searching go on meanwhile; only what was deleted since has to be deleted again before the joined one takes their place.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from archive.index.manifest import NAME
from archive.index.schema import make_schema
from archive.index.writer import SealingWriter, publish, segments_to_join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from whoosh.codec.whoosh3 import W3Segment

    from archive.index.leaf import Leaf

TIDIED_AT_ONCE = 60_000
"""Documents that one join may take at leisure; gathering them takes some 500 MB and a minute."""

SCATTERED = 16
"""From so many segments on that tidying would touch, each search feels them."""


def is_scattered(leaves: Sequence[Leaf]) -> bool:
    """Tell whether tidying is worth while, and would find something to join."""
    return sum(leaf.size < TIDIED_AT_ONCE for leaf in leaves) >= SCATTERED and bool(leaves_to_tidy(leaves))


def leaves_to_tidy(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Return what tidying joins."""
    chosen = segments_to_join([leaf.segment for leaf in leaves], most_documents=TIDIED_AT_ONCE)
    return [leaf for leaf in leaves if leaf.segment in chosen]


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a folder with an empty index to build segments in; it goes afterwards, with all that is left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        TOC.create(FileStorage(str(folder)), make_schema(), NAME)
        publish(folder, make_schema(), [], generation=0, watermark=0)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def writer_in(folder: Path) -> SealingWriter:
    """Return a writer of one more segment of a `workshop`."""
    index = FileIndex(FileStorage(str(folder)), indexname=NAME)
    return SealingWriter(index, folder, watermark=0, known=(), join=0)


def join_aside(aside: Path, folder: Path, leaves: Sequence[Leaf]) -> W3Segment | None:
    """Join segments of an index folder into one of a `workshop`; None if all they hold is deleted."""
    writer = writer_in(aside)
    storage = FileStorage(str(folder))
    try:
        for leaf in leaves:
            writer.take_in(leaf.segment, storage)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    made: list[W3Segment] = TOC.read(FileStorage(str(aside)), NAME).segments
    return made[0] if made else None


def delete_again(joined: W3Segment, before: Sequence[Leaf], now: Sequence[Leaf]) -> None:
    """Delete in a joined segment what was deleted since in those it was made of.

    Args:
        joined: Holds what was alive in ``before``, in that order.
        before: The segments as they were joined.
        now: The same segments as they are.
    """
    start = 0
    for old, new in zip(before, now, strict=True):
        alive = np.ones(old.size, dtype=np.bool_) if old.live is None else old.live
        numbers = start + np.cumsum(alive) - 1
        for document in np.setdiff1d(new.gone, old.gone, assume_unique=True).tolist():
            joined.delete_document(int(numbers[document]))
        start += int(alive.sum())
