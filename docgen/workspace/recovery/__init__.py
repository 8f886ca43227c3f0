"""恢复: an office out of a backup, out of its store alone, a damaged store put right; stands above all desks."""
