"""The processor cores that this process may use."""

import os


def usable_cores() -> int:
    """Return how many cores the process may use: in a container, those it was given."""
    # Python 3.13 has os.process_cpu_count for it; only Linux can say.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
