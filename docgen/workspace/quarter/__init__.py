"""The quarter: rosters frozen, tables computed, sent, verified and rolled up."""
