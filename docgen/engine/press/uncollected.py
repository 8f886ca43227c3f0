"""The collector of cycles kept waiting while a paper is made.

What a press makes holds no cycles and most of it stays: looking through all of it again and again took a
third of the time of a stack. Between two papers the collector runs as it likes.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector waiting; it goes on afterwards unless it was off before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
