"""Frozen rosters: counted by the database, and proved person by person."""
