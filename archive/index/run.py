"""A plan run over one segment: which documents it accepts, and how well each fits.

The rarest clause is taken first and the others cut it down; then deletions, sieves and days are asked about what
is left; only then is text read, to verify a place; exclusions come last. All sets are rising arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archive.index.codec import NONE_FOUND
from archive.index.leaf import contains, intersect, union
from archive.index.tokens import place_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.index.codec import Counts, Numbers
    from archive.index.leaf import Leaf
    from archive.index.plan import Choice, Place, Plan

_B = 0.75
_K1 = 1.2
_READING_IS_CHEAPER = 16
"""Unpacking so many numbers costs about as much as reading one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What a token's weight depends on, over all segments."""

    size: int
    average_length: float
    weights: dict[str, float]
    """Inverse document frequency of each body token of the plan."""


class Run:
    """One plan over one segment; postings are unpacked once."""

    def __init__(self, plan: Plan, leaf: Leaf) -> None:
        """Prepare; `accepted` does the work."""
        self.plan = plan
        self.leaf = leaf
        self._postings: dict[tuple[str, str], tuple[Numbers, Counts | None]] = {}

    def accepted(self, *, near: bool = False) -> Numbers:
        """Return the accepted documents; with ``near`` similar names count as well."""
        found: Numbers | None = None
        candidates = [self._candidates(choice, near=near) for choice in self.plan.wanted]
        for documents in sorted(candidates, key=len):
            found = documents if found is None else intersect(found, documents)
            if not len(found):
                return NONE_FOUND
        kept = self._sifted(found)
        for choice in self.plan.wanted:
            if len(kept) and choice.place is not None and choice.place.verified:
                kept = kept[self._met(choice, kept, near=near, candidates=True)]
        for choice in self.plan.unwanted:
            if len(kept):
                kept = kept[~self._met(choice, kept)]
        return kept

    def scores(self, kept: Numbers, collection: Collection) -> NDArray[np.float64]:
        """Return how well each document fits: first by what was met, then by BM25 of the text."""
        total = np.zeros(len(kept), dtype=np.float64)
        for choice in self.plan.wanted:
            rank = np.zeros(len(kept), dtype=np.float64)
            for lookup in sorted(choice.lookups, key=lambda lookup: lookup.rank):
                rank[contains(self._documents(lookup.field, lookup.token), kept)] = lookup.rank
            if choice.place is not None:
                text = self._bm25(choice.place, kept, collection)
                total += text
                rank[(rank == 0) & (text > 0)] = 1.0
            total += rank * 1000
        return total

    def _documents(self, field: str, token: str) -> Numbers:
        return self._unpacked(field, token)[0]

    def _unpacked(self, field: str, token: str) -> tuple[Numbers, Counts | None]:
        known = self._postings.get((field, token))
        if known is None:
            known = self._postings[field, token] = self.leaf.postings(field, token)
        return known

    def _sifted(self, found: Numbers | None) -> Numbers:
        """Apply deletions, sieves and days to ``found`` (None: every document)."""
        leaf = self.leaf
        if found is None:
            found = np.arange(leaf.size, dtype=np.uint32)
        if leaf.live is not None:
            found = found[leaf.live[found]]
        for sieve in self.plan.sieves:
            accepted = leaf.accepted(sieve.column, sieve.key, sieve.accepts)
            if sieve.negated:
                accepted = ~accepted
            if not accepted.all():
                found = found[accepted[leaf.labels(sieve.column).codes[found]]]
        for span in self.plan.days:
            days = leaf.days()[found]
            found = found[((days >= span.first) & (days <= span.last)) != span.negated]
        return found

    def _candidates(self, choice: Choice, *, near: bool) -> Numbers:
        """Return the documents that may meet a choice: all that do, and some that verifying takes out."""
        lookups = choice.lookups + (choice.near if near else ())
        parts = [self._documents(lookup.field, lookup.token) for lookup in lookups]
        if choice.place is not None:
            parts.append(self._place_candidates(choice.place))
        return union(parts, self.leaf.size)

    def _place_candidates(self, place: Place) -> Numbers:
        if not place.tokens:
            return self.leaf.documents_from("body", place.first_character)
        if len(place.tokens) == 1:
            return self._documents("body", place.tokens[0])
        by_frequency = sorted((self.leaf.frequency("body", token), token) for token in place.tokens)
        if not by_frequency[0][0]:
            return NONE_FOUND
        found = self._documents("body", by_frequency[0][1])
        for frequency, token in by_frequency[1:]:
            if len(found) * _READING_IS_CHEAPER < frequency:
                break
            found = intersect(found, self._documents("body", token))
            if not len(found):
                break
        return found

    def _met(self, choice: Choice, kept: Numbers, *, near: bool = False, candidates: bool = False) -> NDArray[np.bool_]:
        """Tell which of ``kept`` meet a choice; ``candidates`` if all of them come from its candidates."""
        met = np.zeros(len(kept), dtype=np.bool_)
        for lookup in choice.lookups + (choice.near if near else ()):
            met |= contains(self._documents(lookup.field, lookup.token), kept)
        place = choice.place
        if place is None or met.all():
            return met
        possible = ~met if candidates else ~met & contains(self._place_candidates(place), kept)
        if not place.verified:
            return met | possible
        asked = np.flatnonzero(possible)
        holding = asked[self.leaf.which_hold("c_text", place.text.encode(), kept[asked])]
        if place.has_edges:
            texts = (self.leaf.bytes_of("c_text", document).decode() for document in kept[holding].tolist())
            holding = holding[[place_of(text, place.text) >= 0 for text in texts]]
        met[holding] = True
        return met

    def _bm25(self, place: Place, kept: Numbers, collection: Collection) -> NDArray[np.float64]:
        total = np.zeros(len(kept), dtype=np.float64)
        if not len(kept):
            return total
        if not place.tokens:
            return total + contains(self._place_candidates(place), kept)
        shape = _K1 * (1 - _B + _B * self.leaf.lengths()[kept] / collection.average_length)
        for token in place.tokens:
            documents, counts = self._unpacked("body", token)
            if not len(documents):
                continue
            if len(documents) == len(kept):
                often = np.ones(len(kept)) if counts is None else counts.astype(np.float64)
            else:
                at = np.searchsorted(documents, kept)
                at[at == len(documents)] = 0
                often = (documents[at] == kept) * (1.0 if counts is None else counts[at].astype(np.float64))
            total += collection.weights[token] * often * (_K1 + 1) / (often + shape)
        return total


def collection_of(plan: Plan, leaves: tuple[Leaf, ...]) -> Collection:
    """Return what the weights of a plan's body tokens depend on."""
    size = sum(leaf.size for leaf in leaves)
    tokens = {token for choice in plan.wanted if choice.place for token in choice.place.tokens}
    weights: dict[str, float] = {}
    for token in tokens:
        frequency = sum(leaf.frequency("body", token) for leaf in leaves)
        weights[token] = float(np.log(1 + (size - frequency + 0.5) / (frequency + 0.5)))
    total = sum(leaf.total_length() for leaf in leaves)
    return Collection(size=size, average_length=max(total / size, 1.0) if size else 1.0, weights=weights)
