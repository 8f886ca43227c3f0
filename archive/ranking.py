"""The order of hits (排序): the best first, equals newest first and then in an order that never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from archive.index.rows import contains
from archive.index.run import Run, collection_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archive.index.leaf import Leaf
    from archive.index.plan import Plan
    from archive.index.terms import Numbers

Sort = Literal["relevance", "date"]

_FEW = 200
"""So many are put in order one by one; arrays would take longer to set up than to sort."""


Row: TypeAlias = "tuple[bool, float, int, int, int]"
"""One hit, a larger one first: exact or with a merely similar name, score, `Leaf.order`, segment, document."""


class Answer(NamedTuple):
    """All hits of a plan, and the first of them in order."""

    total: int
    near: int
    rows: list[Row]
    found: list[tuple[int, Numbers | list[int]]]
    """Each segment with hits, by its place, with all of its documents."""


def answer(plan: Plan, leaves: tuple[Leaf, ...], *, sort: Sort, count: int) -> Answer:
    """Return what a plan finds, with the first ``count`` in order."""
    lookups = plan.only_lookups
    if lookups is not None:
        quick = _look_up(plan, lookups, leaves, sort, count)
        if quick is not None:
            return quick
    runs: list[tuple[int, Run, Numbers, NDArray[np.bool_] | None]] = []
    total = near = 0
    for segment, leaf in enumerate(leaves):
        run = Run(plan, leaf)
        documents = run.accepted()
        is_near = None
        if run.may_be_near:
            exact, documents = documents, run.accepted(near=True)
            if len(exact) < len(documents):
                is_near = ~contains(exact, documents)
                near += len(documents) - len(exact)
        if len(documents):
            total += len(documents)
            runs.append((segment, run, documents, is_near))
    rows = _ordered(plan, leaves, runs, sort, count) if count > 0 else []
    return Answer(total, near, rows, [(segment, documents) for segment, _, documents, _ in runs])


def _look_up(
    plan: Plan, lookups: tuple[tuple[str, str, float], ...], leaves: tuple[Leaf, ...], sort: Sort, count: int
) -> Answer | None:
    """Answer a plan of nothing but tokens; None where so many documents are found that arrays do it faster."""
    rows: list[Row] = []
    found: list[tuple[int, Numbers | list[int]]] = []
    total = near = 0
    by_score = 1000.0 if sort == "relevance" else 0.0
    for segment, leaf in enumerate(leaves):
        ranks: dict[int, float] = {}
        for field, token, rank in lookups:
            documents = leaf.documents(field, token)
            if len(documents):
                if len(documents) > _FEW:
                    return None
                ranks.update(dict.fromkeys(documents.tolist(), rank))
        if not ranks:
            continue
        if plan.sieves:
            kept = Run(plan, leaf).sifted(np.fromiter(sorted(ranks), dtype=np.uint32, count=len(ranks)))
            ranks = {document: ranks[document] for document in kept.tolist()}
        elif leaf.live is not None:
            is_live = leaf.live.data
            ranks = {document: rank for document, rank in ranks.items() if is_live[document]}
        total += len(ranks)
        found.append((segment, [*ranks]))
        order = leaf.order_view()
        if plan.has_near:
            near += sum(not rank for rank in ranks.values())
        rows += [(rank > 0, rank * by_score, order[document], segment, document) for document, rank in ranks.items()]
    rows.sort(reverse=True)
    return Answer(total, near, rows[:count], found)


def _ordered(
    plan: Plan,
    leaves: tuple[Leaf, ...],
    runs: list[tuple[int, Run, Numbers, NDArray[np.bool_] | None]],
    sort: Sort,
    count: int,
) -> list[Row]:
    """Return the first ``count`` hits in order."""
    weigh = sort == "relevance" and bool(plan.wanted)
    collection = collection_of(plan, leaves) if weigh else None
    few = sum(len(documents) for _, _, documents, _ in runs) <= _FEW
    mixed = any(is_near is not None for *_, is_near in runs)
    rows: list[Row] = []
    for segment, run, documents, is_near in runs:
        columns: list[NDArray[Any]] = []
        if mixed:
            columns.append(np.ones(len(documents), dtype=np.bool_) if is_near is None else ~is_near)
        if collection:
            columns.append(run.scores(documents, collection))
        columns.append(run.leaf.order()[documents])
        chosen = first_places(columns, count) if not few else slice(None)
        size = len(documents[chosen])
        rows += zip(
            columns[0][chosen].tolist() if mixed else [True] * size,
            columns[int(mixed)][chosen].tolist() if collection else [0.0] * size,
            columns[-1][chosen].tolist(),
            [segment] * size,
            documents[chosen].tolist(),
            strict=True,
        )
    if few or len(runs) > 1:
        rows.sort(reverse=True)
    return rows[:count]


def first_places(columns: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """Return the places of the ``count`` largest rows, largest first; later columns decide between equals.

    Only rows that can still be among them are looked at in the next column, so that a long
    row of hits is never sorted whole.
    """
    rows = None
    if len(columns[0]) > count:
        rows = _still_possible(columns, count)
        columns = [column[rows] for column in columns]
    order = np.lexsort(columns[::-1])[::-1][:count]
    return order if rows is None else rows[order]


def _still_possible(columns: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """Return the places of at least the ``count`` largest rows, in no order."""
    undecided: NDArray[np.int64] | None = None
    chosen: list[NDArray[np.int64]] = []
    left = count
    for column in columns:
        values = column if undecided is None else column[undecided]
        if len(values) <= left:
            break
        cut, among = _cut(values, left)
        above, same = among[values[among] > cut], among[values[among] == cut]
        if undecided is not None:
            above, same = undecided[above], undecided[same]
        chosen.append(above)
        left -= len(above)
        undecided = same
    assert undecided is not None
    return np.concatenate([*chosen, undecided])


def _cut(values: NDArray[Any], count: int) -> tuple[Any, NDArray[np.int64]]:
    """Return the ``count``-th largest value, and the places of at least all that are not smaller.

    The ``count``-th largest of a part is never above that of the whole, so what is below it can be left out
    before the whole is divided.
    """
    among = np.arange(len(values)) if len(values) <= _PART else None
    if among is None:
        step = len(values) // _PART
        part = values[:: max(step, 1)]
        bound = np.partition(part, len(part) - count)[len(part) - count] if len(part) > count else part.min()
        among = np.flatnonzero(values >= bound)
    left = values[among]
    return np.partition(left, len(left) - count)[len(left) - count], among


_PART = 2048
