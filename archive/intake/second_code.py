"""The other code of a page of which one code was read: does it say the same, or is it another sheet's?

Two sheets caught together show one code each. When a decoder reads only one of them, the page would pass for
that paper's. So the place of the other code is looked at: written over it still shows the same modules; folded
away or torn off it shows none; another code shows light where this one is dark.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from archive.intake.symbol_finding import find_beside
from archive.intake.symbols import fixed_modules, modules_of

if TYPE_CHECKING:
    from archive.intake.geometry import Corners
    from archive.intake.picture import Pixels
    from forms.marks import PageMark

LEAST_SEEN = 0.5
"""How well the modules that all our codes share stand out, at most 1. Codes worn in the grid's ways and scanned at
100 dpi have 0.64 and more; print, noise and bars in their place have 0.39 at most."""

LEAST_SAME = 0.45
"""Correlation with the code expected. Worn codes that are the same have 0.64 and more, others at most 0.30."""

MOST_LIGHT = 0.1
"""Share of its dark modules that may be plainly light. The same code has none, others have 0.21 and more."""

_PLAINLY = -0.5


def other_differs(bright: Pixels, mark: PageMark, corners: Corners, secret: bytes) -> bool:
    """Tell whether a code that is not the page's stands where its other code should.

    Args:
        bright: The page as max(R, G, B), full size.
        mark: What the code that was read says.
        corners: Where that code lies, in pixels.
        secret: The office's secret.
    """
    looked = find_beside(bright, corners)
    if looked is None:
        return False
    is_fixed, symbol = fixed_modules()
    shared = looked.modules[is_fixed] * np.where(symbol[is_fixed] == 1, 1, -1)
    if float(shared.mean()) < LEAST_SEEN:
        return False
    seen = looked.modules[~is_fixed]
    dark = modules_of([mark.payload(secret)])[0][~is_fixed] == 1
    length = float(np.linalg.norm(seen)) * math.sqrt(seen.size)
    likeness = float(seen @ np.where(dark, 1, -1)) / length if length else 0.0
    return likeness < LEAST_SAME and float((seen[dark] < _PLAINLY).mean()) > MOST_LIGHT
