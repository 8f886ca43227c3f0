"""How a segment lies on disk: Whoosh's columns and directories, our own dictionary and postings.

A codec is Whoosh's own way of being given another format. This one exists because Whoosh 3's blocks of 128
pickled numbers cost most of a query's time, its pool most of a build's, its dictionary most of the disk, and
because a pickle runs what it is told. A class named here is named in the index on disk: rename nothing without
raising `archive.index.manifest.FORMAT`. Tried with whoosh3 3.54.0; what is relied on is pinned by
``tests/archive/test_index_codec.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from archive.index.buffers import view_of
from archive.index.pool import FieldPool, decode
from archive.index.terms import read_terms, write_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whoosh.reading import SegmentReader

    from archive.index.terms import Counts, FieldTerms, Numbers

_LONGEST = 1 << 20
NONE_FOUND: Numbers = np.empty(0, dtype=np.uint32)


class PlainPool:
    """What stands where Whoosh's writer has its pool of postings."""

    def __init__(self) -> None:
        self.fields: dict[str, FieldPool] = {}

    def field(self, name: str) -> FieldPool:
        """Return a field's postings, empty at first."""
        return self.fields.setdefault(name, FieldPool())

    def iter_postings(self) -> PlainPool:
        """Hand the whole to `PlainFieldWriter.add_postings`."""
        return self

    def cleanup(self) -> None:
        """Forget everything."""
        self.fields.clear()


class PlainFieldWriter:
    """Writes dictionary and postings of a segment."""

    def __init__(self, codec: W3Codec, storage: Any, segment: Any) -> None:
        """Create both files."""
        self._terms = segment.create_file(storage, codec.TERMS_EXT)
        self._posts = segment.create_file(storage, codec.POSTS_EXT)
        self.is_closed = False

    def add_postings(self, _schema: Any, _lengths: Any, pool: PlainPool) -> None:
        """Write all of a pool."""
        fields: dict[str, FieldTerms] = {}
        at = 0
        for name, field in sorted(pool.fields.items()):
            fields[name], at = field.write(self._posts, at)
        write_terms(self._terms, fields)

    def close(self) -> None:
        """Close both files."""
        self._terms.close()
        self._posts.close()
        self.is_closed = True


class PlainTermsReader:
    """Reads dictionary and postings; whole rows for us, steps for what Whoosh does itself."""

    def __init__(self, terms: memoryview, posts: memoryview) -> None:
        """Take the two files as views."""
        self._fields = read_terms(terms)
        self._posts = posts

    @classmethod
    def of(cls, reader: SegmentReader) -> PlainTermsReader:
        """Return the terms of a segment that Whoosh's own reader has open."""
        terms = reader._terms  # noqa: SLF001 - Whoosh offers no other way to it
        assert isinstance(terms, cls)
        return terms

    def postings(self, field: str, token: bytes) -> tuple[Numbers, Counts | None]:
        """Return the documents that hold a token and how often (None: once each); deleted ones included."""
        terms = self._fields.get(field)
        at = -1 if terms is None else terms.find(token)
        return (NONE_FOUND, None) if at < 0 else self._postings_at(field, at)

    def _postings_at(self, field: str, at: int) -> tuple[Numbers, Counts | None]:
        terms = self._fields[field]
        entry = terms.entry(at)
        if entry.frequency > 1:
            return decode(self._posts[entry.start : entry.stop], first=entry.first, size=entry.frequency)
        alone = np.array([entry.first], dtype=np.uint32)
        often = 1 if terms.occurrences is None else int(terms.occurrences[at + 1]) - int(terms.occurrences[at])
        return alone, None if often == 1 else np.array([often], dtype=np.uint32)

    def occurrences(self, field: str, token: bytes) -> tuple[Numbers, Numbers]:
        """Return document and place of each occurrence of a token of a field whose tokens have places."""
        terms = self._fields.get(field)
        at = -1 if terms is None else terms.find(token)
        return (NONE_FOUND, NONE_FOUND) if at < 0 else self._occurrences_at(field, at)

    def _occurrences_at(self, field: str, at: int) -> tuple[Numbers, Numbers]:
        terms = self._fields[field]
        documents, counts = self._postings_at(field, at)
        if counts is not None:
            documents = np.repeat(documents, counts)
        assert terms.places is not None
        assert terms.occurrences is not None
        start, dtype = terms.places
        begin, end = int(terms.occurrences[at]), int(terms.occurrences[at + 1])
        if end - begin != len(documents):
            raise ValueError("a token has another number of places than of occurrences")
        places = np.frombuffer(self._posts, dtype=dtype, count=end - begin, offset=start + begin * int(dtype[-1]))
        return documents, places

    def occurrences_from(self, field: str, prefix: bytes) -> tuple[Numbers, Numbers]:
        """Return document and place of each occurrence of the tokens that begin with at most eight bytes."""
        terms = self._fields.get(field)
        found = [self._occurrences_at(field, at) for at in (terms.span(prefix) if terms else ())]
        if not found:
            return NONE_FOUND, NONE_FOUND
        documents, places = zip(*found, strict=True)
        return np.concatenate(documents), np.concatenate(places)

    def postings_from(self, field: str, prefix: bytes) -> Iterator[tuple[Numbers, Counts | None]]:
        """Yield the postings of each token that begins with at most eight bytes."""
        terms = self._fields.get(field)
        for at in terms.span(prefix) if terms else ():
            yield self._postings_at(field, at)

    def all_postings(self) -> Iterator[tuple[str, list[str], Numbers, Numbers | None]]:
        """Yield all there is, as rows of one field: tokens (one for each occurrence), documents, places.

        Tokens of a single document, most of them, come in one row; what joining segments needs.
        """
        for field, terms in self._fields.items():
            tokens = [token.decode() for token in terms.tokens()]
            single = terms.frequencies == 1
            alone = np.flatnonzero(single)
            if terms.occurrences is None:
                yield field, [tokens[at] for at in alone.tolist()], terms.firsts[alone], None
                for at in np.flatnonzero(~single).tolist():
                    documents, _ = self._postings_at(field, at)
                    yield field, [tokens[at]] * len(documents), documents, None
                continue
            often = np.diff(terms.occurrences)
            start, dtype = terms.places or (0, "<u4")
            places = np.frombuffer(self._posts, dtype=dtype, count=int(often.sum()), offset=start)
            held = [tokens[at] for at, n in zip(alone.tolist(), often[alone].tolist(), strict=True) for _ in range(n)]
            documents = np.repeat(terms.firsts[alone], often[alone])
            yield field, held, documents, places[np.repeat(single, often)].astype(np.uint32)
            for at in np.flatnonzero(~single).tolist():
                documents, places = self._occurrences_at(field, at)
                yield field, [tokens[at]] * len(documents), documents, places.astype(np.uint32)

    def doc_frequency(self, fieldname: str, tbytes: bytes) -> int:
        """Return in how many documents a token is, deleted ones included."""
        terms = self._fields.get(fieldname)
        at = -1 if terms is None else terms.find(tbytes)
        return 0 if terms is None or at < 0 else terms.frequency(at)

    # what Whoosh's own reader asks for

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.doc_frequency(*term) > 0

    def indexed_field_names(self) -> list[str]:
        """Return the fields that have tokens."""
        return list(self._fields)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield field and token of everything, in order."""
        for field, terms in self._fields.items():
            for at in range(len(terms)):
                yield field, terms.token(at)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms from a token on, in order."""
        return (term for term in self.terms() if term >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield each term with what is known of it."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield the terms from a token on with what is known of them."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, tbytes: bytes) -> TermInfo:
        """Return what is known of a term."""
        documents, counts = self.postings(fieldname, tbytes)
        if not len(documents):
            raise TermNotFound(f"No term {fieldname}:{tbytes!r}")
        total = len(documents) if counts is None else int(counts.sum())
        most = 1 if counts is None else int(counts.max())
        return TermInfo(
            weight=total,
            df=len(documents),
            minlength=0,
            maxlength=_LONGEST,
            maxweight=most,
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def frequency(self, fieldname: str, tbytes: bytes) -> int:
        """Return how often a term occurs."""
        return int(self.term_info(fieldname, tbytes).weight())

    def matcher(self, fieldname: str, tbytes: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Step through postings as Whoosh does."""
        info = self.term_info(fieldname, tbytes)
        documents, counts = self.postings(fieldname, tbytes)
        weights = [1.0] * len(documents) if counts is None else counts.astype(float).tolist()
        return ListMatcher(
            documents.tolist(),
            weights,
            [b""] * len(documents),
            format_,
            scorer=scorer,
            term=(fieldname, tbytes),
            terminfo=info,
        )

    def close(self) -> None:
        """Let go of the files."""
        self._fields.clear()
        self._posts = memoryview(b"")


class PlainCodec(W3Codec):
    """Whoosh 3's codec with our own dictionary and postings."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> PlainFieldWriter:
        """Return what writes dictionary and postings."""
        return PlainFieldWriter(self, storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> PlainTermsReader:
        """Open a segment's dictionary and postings."""
        return PlainTermsReader(
            view_of(storage.open_file(segment.make_filename(self.TERMS_EXT))),
            view_of(storage.open_file(segment.make_filename(self.POSTS_EXT))),
        )
