"""Where the lists of a paper stand: in its text, and by themselves in its text boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

from docgen.engine.press.model.numbering import Counters


@dataclass(slots=True, eq=False)
class Counting:
    """The lists of what is laid out: of the text; of headers and footers; of notes."""

    text: Counters = field(default_factory=Counters)
    boxes: Counters = field(default_factory=Counters)
    """Of its text boxes, all together."""

    def copied(self) -> Counting:
        """Return the same, to lay something out again that has been counted."""
        text = self.text.copied()
        return Counting(text, text if self.boxes is self.text else self.boxes.copied())
