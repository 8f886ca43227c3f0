"""WordprocessingML cut into blocks without parsing: where a paragraph, a table, a row, a cell begins and ends.

Nearly all XML of a batch is the same from paper to paper. What has been read once is found again by
its bytes; only what is new goes to the parser. Everything here is careful rather than complete: what
is written in an unusual way gives ``None``, and the caller parses it as a whole.

A ``<`` never stands inside an attribute or text (XML 1.0 §2.4), so that ``</w:p>`` found in a part
without comments, processing instructions and CDATA is always an end tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAIN = rb"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ROOT = re.compile(rb"\s*(<w:(document|hdr|ftr)(?: [^<>]*)?>)")
_PROLOG = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml([^<>]*)\?>)?")
_W = re.compile(rb"xmlns:w=[\"']" + re.escape(_MAIN) + rb"[\"']")
_BODY = re.compile(rb"<w:body(?: [^<>]*)?>")
_BLANK = b" \t\r\n"
_BROKEN = re.compile(rb"<w:[A-Za-z]+[\t\r\n]")
_NAME = re.compile(rb"<w:([A-Za-z]+)(?=[ />])")
_EMPTY = re.compile(rb"<w:[A-Za-z]+(?: [A-Za-z0-9:]+=\"[^\"<>]*\")* ?/>")
_PASSED = frozenset({b"bookmarkStart", b"bookmarkEnd", b"proofErr", b"permStart", b"permEnd"})
"""Elements between blocks that print nothing."""


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part taken out of its root element."""

    head: bytes
    """Start tags of the root and the body: what a chunk needs around it to be parsed by itself."""

    tail: bytes
    inner: bytes
    """Content of the body, or of the header or footer."""

    def wrapped(self, chunk: bytes) -> bytes:
        """Return a chunk as a document of its own."""
        return self.head + chunk + self.tail

    def emptied(self) -> OpenPart:
        """Return what is around the content, without it."""
        return OpenPart(self.head, self.tail, b"")


def open_part(raw: bytes) -> OpenPart | None:
    """Open a document, header or footer; ``None`` when it is not written the usual way."""
    prolog = _PROLOG.match(raw)
    assert prolog is not None  # it matches nothing at all, too
    said = (prolog[1] or b"").lower()
    if (b"encoding" in said and b"utf-8" not in said) or b"<!" in raw or raw.find(b"<?", prolog.end()) >= 0:
        return None
    root = _ROOT.match(raw, prolog.end())
    if root is None:
        return None
    tail = b"</w:" + root[2] + b">"
    start, stop = root.end(), raw.rfind(tail)
    head = root[1]
    if root[2] == b"document":
        body = _BODY.search(raw, start)
        if body is None:
            return None
        start, stop = body.end(), raw.rfind(b"</w:body>")
        head, tail = head + body[0], b"</w:body>" + tail
    if _BROKEN.search(raw, start):
        return None
    if stop < start or raw.find(b"xmlns:w=", start) >= 0 or len(_W.findall(head)) != head.count(b"xmlns:w="):
        return None
    return OpenPart(head, tail, raw[start:stop])


def cut(raw: bytes, *, wanted: frozenset[bytes]) -> list[tuple[bytes, bytes]] | None:
    """Cut the content of an element into its children.

    Args:
        raw: What stands between start and end tag.
        wanted: Names of children that are given back; of others only those that print nothing are passed over.

    Returns:
        Name and bytes of each child, or ``None`` when anything else is found.
    """
    found: list[tuple[bytes, bytes]] = []
    at, end = 0, len(raw)
    while True:
        start = raw.find(b"<", at)
        if start < 0:
            return found if not raw[at:].strip(_BLANK) else None
        if start != at and raw[at:start].strip(_BLANK):
            return None
        match = _NAME.match(raw, start)
        if match is None:
            return None
        name = match[1]
        if name in wanted:
            at = _end(raw, name, start, match.end(), end)
            if at < 0:
                return None
            found.append((name, raw[start:at]))
        elif name in _PASSED:
            empty = _EMPTY.match(raw, start)
            if empty is None:
                return None
            at = empty.end()
        else:
            return None


def _end(raw: bytes, name: bytes, start: int, after_name: int, end: int) -> int:
    """Return where an element ends; negative when that cannot be said for certain."""
    close = raw.find(b">", after_name)
    if close < 0:
        return -1
    if raw[close - 1] == 0x2F:
        return close + 1 if raw.count(b'"', after_name, close) % 2 == 0 else -1
    tag = b"</w:" + name + b">"
    stop = raw.find(tag, close, end)
    if stop < 0:
        return -1
    stop += len(tag)
    opened = b"<w:" + name
    if raw.find(opened + b">", close, stop) >= 0 or raw.find(opened + b" ", close, stop) >= 0:
        return _nested_end(raw, name, start)
    return stop


def _nested_end(raw: bytes, name: bytes, start: int) -> int:
    depth = 0
    for tag in re.finditer(rb"<(/?)w:" + name + rb"(?=[\s/>])[^<>]*?(/?)>", raw[start:]):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if not depth:
            return start + tag.end()
    return -1


def cut_even(raw: bytes, name: bytes) -> list[bytes] | None:
    """Cut what holds nothing but elements of one name, none of them inside another: rows, cells.

    Returns:
        The elements without their end tags, or ``None`` when anything else is found.
    """
    if b"<w:tbl" in raw:
        return None
    parts = raw.split(b"</w:" + name + b">")
    if parts.pop().strip(_BLANK):
        return None
    tags = (b"<w:" + name + b">", b"<w:" + name + b" ")
    return parts if all(part.startswith(tags) for part in parts) else None


def split_head(raw: bytes, child: bytes, *, is_open: bool = False) -> tuple[bytes, bytes] | None:
    """Part an element before its first child of that name.

    Args:
        raw: The element.
        child: Name of the child.
        is_open: The element has lost its end tag.

    Returns:
        Start tag and properties; then the rest without the end tag. ``None`` without such a child.
    """
    at = raw.find(b"<w:" + child)
    while at >= 0 and raw[at + 3 + len(child)] not in b" />":
        at = raw.find(b"<w:" + child, at + 1)
    stop = len(raw) if is_open else raw.rfind(b"</w:")
    return (raw[:at], raw[at:stop]) if 0 <= at < stop else None
