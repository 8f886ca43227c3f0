"""档案: items described and numbered, shown, bound, appraised, destroyed, transferred; old scans taken over."""
