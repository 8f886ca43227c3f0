"""Fonts of the press: files mapped, characters looked up, one subset of each embedded."""
