"""Objects in, a PDF file out; nothing more than the derived scan needs.

Written here and not left to pypdf because equal input must give equal bytes: the store knows a
file by its digest, and pypdf's file identifier is random. Output is PDF 1.7 with a classic
cross-reference table (ISO 32000-1 §7.5).
"""

from __future__ import annotations

import hashlib
import zlib


class PdfObjects:
    """Collects numbered objects; `finish` returns the file."""

    def __init__(self) -> None:
        self._bodies: list[bytes | None] = []

    def reserve(self) -> int:
        """Return a number whose object is given later with `put`."""
        self._bodies.append(None)
        return len(self._bodies)

    def put(self, number: int, body: bytes) -> None:
        """Give a reserved object its content."""
        assert self._bodies[number - 1] is None
        self._bodies[number - 1] = body

    def add(self, body: bytes) -> int:
        """Add an object and return its number."""
        self._bodies.append(body)
        return len(self._bodies)

    def add_stream(self, entries: bytes, data: bytes, *, is_encoded: bool = False) -> int:
        """Add a stream.

        Args:
            entries: The dictionary's entries without ``/Length``.
            data: The bytes.
            is_encoded: The entries name the filter already; without, the data are deflated.
        """
        if not is_encoded:
            data = zlib.compress(data)
            entries += b" /Filter /FlateDecode"
        return self.add(b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(data), data))

    def finish(self, root: int) -> bytes:
        """Write header, objects, table and trailer; ``root`` is the catalog's number."""
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        offsets = []
        position = len(parts[0])
        identity = hashlib.sha256()
        for number, body in enumerate(self._bodies, 1):
            assert body is not None
            identity.update(body)
            offsets.append(position)
            part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            parts.append(part)
            position += len(part)
        parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
        parts.extend(b"%010d 00000 n \n" % offset for offset in offsets)
        name = identity.hexdigest()[:32].encode()
        parts.append(
            b"trailer\n<< /Size %d /Root %d 0 R /ID [<%b> <%b>] >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(offsets) + 1, root, name, name, position)
        )
        return b"".join(parts)
