"""Somebody else's OCFL storage root or object, 1.0 or 1.1, checked clause by clause; nothing is changed.

Source: https://ocfl.io/1.1/spec/ and its list of validation codes. Our own store is checked by
`archive.check`, which knows what we write and is stricter; this reads whatever the specification allows.
"""

from archive.foreign.object import check_object
from archive.foreign.root import check_root

__all__ = ["check_object", "check_root"]
