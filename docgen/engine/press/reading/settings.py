"""What a `settings.xml` says of the whole document.

Source: ECMA-376 part 1 §17.15.1 (settings), §17.15.3 (compatibility).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.document import DocumentSettings
from docgen.engine.press.reading.ooxml import W, is_on, points, value, whole

if TYPE_CHECKING:
    from docgen.engine.press.reading.ooxml import Element

_WORD_2013 = 15
"""Compatibility mode since which a table's edge, not its text, is in line with the paragraphs."""

_OLDEST = 12
"""Compatibility mode of a document that says none."""


def read_settings(root: Element | None) -> DocumentSettings:
    """Read a `settings.xml`; ``None``: the document has none."""
    if root is None:
        return DocumentSettings()
    compat = root.find(f"{W}compat")
    mode = _OLDEST
    for setting in compat.findall(f"{W}compatSetting") if compat is not None else ():
        if value(setting, "name") == "compatibilityMode":
            mode = whole(value(setting), _OLDEST)

    def asks(name: str) -> bool:
        return compat is not None and is_on(compat.find(W + name))

    return DocumentSettings(
        odd_and_even=is_on(root.find(f"{W}evenAndOddHeaders")),
        default_tab=points(value(root.find(f"{W}defaultTabStop"))) or DocumentSettings.default_tab,
        hangs_tables=mode < _WORD_2013,
        adds_spacing=asks("doNotUseHTMLParagraphAutoSpacing"),
        unframed=frozenset(
            f"{which.lower()}s" for which in ("Header", "Footer") if is_on(root.find(f"{W}bordersDoNotSurround{which}"))
        ),
        balances_columns=not asks("noColumnBalance"),
    )
