"""A plan run over one segment: which documents it accepts, and how well each fits.

The rarest clause is taken first and the others cut it down; then deletions, sieves and days are asked about what
is left; only then are stretches of text compared, among what is left; exclusions come last. All sets are
rising arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archive.index.codec import NONE_FOUND
from archive.index.phrase import standing
from archive.index.rows import contains, counted, intersect, places_of, union

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive.index.leaf import Leaf
    from archive.index.plan import Choice, Place, Plan
    from archive.index.terms import Counts, Numbers

_B = 0.75
_K1 = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """What a stretch's weight depends on, over all segments."""

    average_length: float
    weights: dict[str, float]
    """Of each stretch by its text: the inverse document frequencies of its tokens, summed."""


class Run:
    """One plan over one segment."""

    __slots__ = ("_stood", "leaf", "plan")

    def __init__(self, plan: Plan, leaf: Leaf) -> None:
        """Prepare; `accepted` does the work."""
        self.plan = plan
        self.leaf = leaf
        self._stood: dict[str, tuple[Numbers, Counts | None]] = {}

    @property
    def may_be_near(self) -> bool:
        """Whether the segment has names similar to those asked for."""
        return any(len(self.leaf.documents(lookup.field, lookup.token)) for c in self.plan.wanted for lookup in c.near)

    def accepted(self, *, near: bool = False) -> Numbers:
        """Return the accepted documents; with ``near`` similar names count as well."""
        plan = self.plan
        self._stood.clear()  # similar names let more documents come to be asked
        alone = len(plan.wanted) == 1
        found: Numbers | None = None
        candidates = [self._candidates(choice, near=near, verified=alone) for choice in plan.wanted]
        for documents in candidates if alone else sorted(candidates, key=len):
            found = documents if found is None else intersect(found, documents)
            if not len(found):
                return NONE_FOUND
        if alone and found is not None:
            found = self._living(plan.wanted[0], found)
        kept = self.sifted(found)
        if not alone:
            for choice in plan.wanted:
                if len(kept) and choice.place is not None and choice.place.verified:
                    kept = kept[self._met(choice, kept, near=near)]
        for choice in plan.unwanted:
            if len(kept):
                kept = kept[~self._met(choice, kept)]
        return kept

    def scores(self, kept: Numbers, collection: Collection) -> NDArray[np.floating]:
        """Return how well each document fits: first by what was met, then by BM25 of the text."""
        wanted = self.plan.wanted
        if len(wanted) == 1 and not wanted[0].lookups and wanted[0].place is not None:
            return self._bm25(wanted[0].place, kept, collection) + np.float32(1000)
        total = np.zeros(len(kept), dtype=np.float64)
        for choice in wanted:
            rank = np.zeros(len(kept), dtype=np.float64)
            for lookup in choice.by_rank:
                documents = self.leaf.documents(lookup.field, lookup.token)
                if len(documents):
                    rank[contains(documents, kept)] = lookup.rank
            if choice.place is not None:
                text = self._bm25(choice.place, kept, collection)
                total += text
                rank[(rank == 0) & (text > 0)] = 1.0
            total += rank * 1000
        return total

    def _living(self, choice: Choice, found: Numbers) -> Numbers:
        """Return ``found`` without what is deleted; where it is what a place gave, so is how often it stood there."""
        place, gone = choice.place, self.leaf.gone
        stood = self._stood.get(place.text) if place is not None else None
        if place is None or stood is None or stood[0] is not found or not len(gone):
            return found
        at = places_of(found, gone)
        if len(at):
            found = np.delete(found, at)
            self._stood[place.text] = found, None if stood[1] is None else np.delete(stood[1], at)
        return found

    def sifted(self, found: Numbers | None) -> Numbers:
        """Apply deletions, sieves and days to ``found`` (None: every document)."""
        leaf = self.leaf
        if found is None:
            found = np.arange(leaf.size, dtype=np.uint32)
            found = found if leaf.live is None else found[leaf.live]
        elif len(leaf.gone):
            at = places_of(found, leaf.gone)
            found = np.delete(found, at) if len(at) else found
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

    def _candidates(self, choice: Choice, *, near: bool, verified: bool) -> Numbers:
        """Return the documents that may meet a choice; exactly those that do if ``verified``."""
        lookups = choice.lookups + (choice.near if near else ())
        parts = [self.leaf.documents(lookup.field, lookup.token) for lookup in lookups]
        place = choice.place
        if place is not None:
            if verified or not place.verified or not place.tokens:
                self._stood[place.text] = self.leaf.standing(place)
                parts.append(self._stood[place.text][0])
            else:
                rarest = min(place.tokens, key=lambda token: self.leaf.frequency("body", token))
                parts.append(self.leaf.documents("body", rarest))
        return parts[0] if len(parts) == 1 else union(parts, self.leaf.size)

    def _met(self, choice: Choice, kept: Numbers, *, near: bool = False) -> NDArray[np.bool_]:
        """Tell which of ``kept`` meet a choice."""
        met = np.zeros(len(kept), dtype=np.bool_)
        for lookup in choice.lookups + (choice.near if near else ()):
            met |= contains(self.leaf.documents(lookup.field, lookup.token), kept)
        place = choice.place
        if place is None:
            return met
        stood = self._stood.get(place.text)
        if stood is None:
            # only places in documents that are left are compared; `scores` needs no others
            stood = standing(self.leaf, place, kept) if place.verified else self.leaf.standing(place)
            self._stood[place.text] = stood
        return met | contains(stood[0], kept)

    def _bm25(self, place: Place, kept: Numbers, collection: Collection) -> NDArray[np.float32]:
        documents, counts = self._stood.get(place.text) or self.leaf.standing(place)
        if not len(documents) or not len(kept):
            return np.zeros(len(kept), dtype=np.float32)
        damping = self.leaf.damping(collection.average_length, _B, _K1)[kept]
        weight = np.float32(collection.weights[place.text] * (_K1 + 1))
        if len(documents) == len(kept) and (documents is kept or np.array_equal(documents, kept)):
            often = np.ones(1, dtype=np.float32) if counts is None else counts.astype(np.float32)
        else:
            often = counted(documents, counts, kept)
        damping += often
        np.divide(often, damping, out=damping)
        damping *= weight
        return damping


def collection_of(plan: Plan, leaves: tuple[Leaf, ...]) -> Collection:
    """Return what the weights of a plan's stretches of text depend on."""
    size = sum(leaf.size for leaf in leaves)
    weights: dict[str, float] = {}
    for choice in plan.wanted:
        if choice.place is not None:
            frequencies = [sum(leaf.frequency("body", token) for leaf in leaves) for token in choice.place.tokens]
            weights[choice.place.text] = sum(np.log(1 + (size - n + 0.5) / (n + 0.5)) for n in frequencies) or 1.0
    total = sum(leaf.total_length() for leaf in leaves)
    return Collection(average_length=max(total / size, 1.0) if size else 1.0, weights=weights)
