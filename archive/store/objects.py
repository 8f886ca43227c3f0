"""Reading the inventory of an object folder, only as far as its sidecar proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.store import layout
from archive.store.inventory import BadInventoryError, Inventory, sidecar_bytes

if TYPE_CHECKING:
    from pathlib import Path


def proved(folder: Path) -> Inventory | None:
    """Return the inventory in a folder; ``None`` if it is absent, unreadable or not what its sidecar says."""
    try:
        data = (folder / layout.INVENTORY).read_bytes()
        if (folder / layout.SIDECAR).read_bytes() != sidecar_bytes(data):
            return None
        return Inventory.from_bytes(data)
    except (FileNotFoundError, NotADirectoryError, BadInventoryError):
        return None
