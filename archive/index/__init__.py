"""The search index (检索索引): a cache over registry and store, deleted and rebuilt at will."""

from __future__ import annotations

from archive.index.document import IndexDocument
from archive.index.manager import TIDY_LOCK, Index, Snapshot
from archive.index.manifest import IndexDamagedError

__all__ = ["TIDY_LOCK", "Index", "IndexDamagedError", "IndexDocument", "Snapshot"]
