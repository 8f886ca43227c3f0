"""The space between paragraphs, as far as it depends on both of them.

Source: ECMA-376 part 1 §17.3.1.9 (contextualSpacing), §17.3.1.33 (spacing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Paragraph

if TYPE_CHECKING:
    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.formats import ParagraphFormat
    from docgen.engine.press.setting.paragraphs import LaidParagraph


def spaces(form: ParagraphFormat, laid: LaidParagraph, above: Block | None, below: Block | None) -> tuple[float, float]:
    """Return the space before and after a paragraph.

    There is none to one of its style where it says so (`contextualSpacing`), and none to one of its list where the
    space is automatic: browsers give no space between the items of a list.

    Args:
        form: Of the paragraph.
        laid: The paragraph.
        above: What stands before it, if anything.
        below: What stands after it.
    """
    before, after = laid.before, laid.after
    if form.contextual:
        before = 0.0 if _has_style(above, form.style) else before
        after = 0.0 if _has_style(below, form.style) else after
    if form.numbering is not None:
        before = 0.0 if form.before_auto and _is_of_list(above, form.numbering[0]) else before
        after = 0.0 if form.after_auto and _is_of_list(below, form.numbering[0]) else after
    return before, after


def _has_style(block: Block | None, style: str) -> bool:
    return isinstance(block, Paragraph) and block.format.style == style


def _is_of_list(block: Block | None, number: str) -> bool:
    if not isinstance(block, Paragraph) or block.format.numbering is None:
        return False
    return block.format.numbering[0] == number
