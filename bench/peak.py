"""The largest memory a process has had, asked for by the process itself.

What the system adds up for its parent will not do: Linux counts what the parent held at the moment of the fork,
so that a small child of a large process seems large.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_mib() -> float:
    """Return the largest resident memory of this process in MiB; not a number where the system does not tell."""
    if _STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text("ascii"))
        if found:
            return int(found[1]) / 1024
    if sys.platform == "win32":
        return math.nan
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
