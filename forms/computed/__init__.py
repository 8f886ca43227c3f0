"""Computed suggestions by name: what a field holds when nobody typed anything and no path gives it."""
