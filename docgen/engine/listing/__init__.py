"""Long tables drawn directly: rosters and summaries of any length, without a template.

`lay_listing` puts rows on pages under headings that repeat; what it gives is a `LaidPaper` like any
other, so it is printed, marked and searched like one.
"""

from docgen.engine.listing.columns import Column, TooNarrowError
from docgen.engine.listing.pages import ListingStyle, lay_listing

__all__ = ["Column", "ListingStyle", "TooNarrowError", "lay_listing"]
