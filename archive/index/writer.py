"""Changing the index: one writer at a time, each commit sealed, small segments joined as they gather.

The order of a commit: segment file (flushed to disk), seal, table of contents under its final name. Whoosh's
own writer does the middle part of the work; what it would rename into place is written here instead, so
that the seal can be made from the very bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from archive.index.buffers import open_storage
from archive.index.codec import PlainCodec, PlainPool, PlainTermsReader
from archive.index.manifest import (
    NAME,
    Seal,
    SealedSegment,
    Stretch,
    file_sha256,
    old_seals,
    seal_path,
    toc_name,
    write_seal,
)
from archive.index.schema import PlacedText

if TYPE_CHECKING:
    from pathlib import Path

    from whoosh.codec.whoosh3 import W3Segment

MOST_SEGMENTS = 8
"""So many small ones are joined: every segment costs each search a look, a small one as much as a big one."""

JOINED_AT_ONCE = 400
"""Documents a single filing may spend time on joining; bigger joins wait for `Index.tidy`."""


class SealingWriter(SegmentWriter):
    """Whoosh's writer whose commit is sealed."""

    def __init__(
        self, index: FileIndex, folder: Path, *, watermark: int, known: tuple[SealedSegment, ...], join: int
    ) -> None:
        """Begin.

        Args:
            index: Whoosh's index.
            folder: Its folder.
            watermark: Goes into the seal.
            known: Segments already sealed by the present generation.
            join: Most documents to join on the way.
        """
        super().__init__(index, codec=PlainCodec())
        self.gathered = PlainPool()
        self.pool: Any = self.gathered  # in place of Whoosh's own
        self._folder = folder
        self._watermark = watermark
        self._known = {segment.name: segment for segment in known}
        self._join = join

    def add_document(self, **fields: Any) -> None:
        """Take in a document; `archive.index.schema.fields_of` gives the fields."""
        self.perdocwriter.start_doc(self.docnum)
        for name, field in self.schema.items():
            value = fields[name]
            length = 0
            if isinstance(field, PlacedText):
                length = self.gathered.field(name).add_placed(self.docnum, *value)
            elif field.indexed:
                self.gathered.field(name).add(self.docnum, value)
            else:
                self.perdocwriter.add_column_value(name, field.column_type, value)
            if length:
                self.perdocwriter.add_field(name, field, None, length)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def add_postings_to_pool(self, reader: SegmentReader, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Take in the postings of a segment that is joined; ``docmap`` gives the new numbers where some are deleted."""
        numbers = np.arange(startdoc, startdoc + reader.doc_count_all(), dtype=np.int64)
        if docmap is not None:
            numbers[:] = -1
            numbers[[*docmap]] = [*docmap.values()]
        terms = PlainTermsReader.of(reader)
        for name, tokens, documents, places in terms.all_postings():
            moved = numbers[documents]
            kept = moved >= 0
            if not kept.all():
                tokens = [*compress(tokens, kept.tolist())]  # noqa: PLW2901 - the same row, shortened
            self.gathered.field(name).join(
                tokens, moved[kept].astype(np.uint32), None if places is None else places[kept]
            )

    def take_in(self, segment: W3Segment, storage: FileStorage) -> None:
        """Take in what is alive in a segment; one with nothing alive leaves nothing, not even a segment of nothing."""
        if segment.doc_count_all() > segment.deleted_count():
            reader = SegmentReader(storage, self.schema, segment)
            self.add_reader(reader)
            reader.close()

    def abandon(self) -> None:
        """Give up: close and delete what was begun, whatever state it is in."""
        for part in (self.perdocwriter, self.fieldwriter):
            with contextlib.suppress(Exception):
                part.close()
        with contextlib.suppress(Exception):
            self.cancel()

    def finish(self) -> Seal:
        """Commit and return the new seal."""
        self.commit(mergetype=self._join_small)
        return self._seal

    def _join_small(self, _writer: SegmentWriter, segments: list[W3Segment]) -> list[W3Segment]:
        """Join the smallest segments if there are too many; return those that stay as they are."""
        joined = segments_to_join(segments, most_documents=self._join)
        for segment in joined:
            self.take_in(segment, self.storage)
        return [segment for segment in segments if segment not in joined]

    def _commit_toc(self, segments: list[W3Segment]) -> None:
        self._seal = publish(
            self._folder,
            self.schema,
            segments,
            generation=self.generation,
            watermark=self._watermark,
            known=self._known,
        )
        clean_files(self.storage, self.indexname, self.generation, segments)


def segments_to_join(segments: list[W3Segment], *, most_documents: int) -> list[W3Segment]:
    """Return which segments to join into one: none below `MOST_SEGMENTS` small ones, else the smaller half of them.

    A segment that has ``most_documents`` by itself is not small. It does not count either: if it did, an office of many
    big segments would join its few small ones at every other filing.
    """
    living = [s for s in segments if s.doc_count_all() > s.deleted_count()]
    empty = [s for s in segments if s not in living]
    small = sorted((s for s in living if s.doc_count_all() < most_documents), key=lambda s: s.doc_count_all())
    if len(small) < MOST_SEGMENTS:
        return empty
    chosen: list[W3Segment] = []
    total = 0
    for segment in small[: len(small) - MOST_SEGMENTS // 2]:
        total += segment.doc_count_all()
        if total > most_documents:
            break
        chosen.append(segment)
    return empty + (chosen if len(chosen) > 1 else [])


def publish(
    folder: Path,
    schema: Any,
    segments: list[W3Segment],
    *,
    generation: int,
    watermark: int,
    known: dict[str, SealedSegment] | None = None,
) -> Seal:
    """Write seal and table of contents of a generation; the segments' files lie in ``folder`` already."""
    memory = RamStorage()
    TOC(schema, segments, generation).write(memory, NAME)
    with memory.open_file(toc_name(generation)) as file:
        toc = file.read()
    sealed = tuple(_sealed(folder, segment, known or {}) for segment in segments)
    seal = Seal(
        generation=generation,
        watermark=watermark,
        toc_sha256=hashlib.sha256(toc).hexdigest(),
        segments=sealed,
    )
    write_durably(seal_path(folder, generation), write_seal(seal))
    write_durably(folder / toc_name(generation), toc)
    for stale in list(old_seals(folder, generation)):
        with contextlib.suppress(OSError):
            stale.unlink()
    return seal


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole under its final name or not at all."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _sealed(folder: Path, segment: W3Segment, known: dict[str, SealedSegment]) -> SealedSegment:
    path = folder / segment.make_filename(".seg")
    if path.name in known:
        return known[path.name]
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    storage = open_storage(path)
    places = storage.pickled_stretches()
    storage.close()
    stretches: list[Stretch] = []
    with path.open("rb") as file:
        for start, size in places:
            file.seek(start)
            stretches.append(Stretch(start=start, size=size, sha256=hashlib.sha256(file.read(size)).hexdigest()))
    return SealedSegment(name=path.name, size=path.stat().st_size, sha256=file_sha256(path), stretches=tuple(stretches))
