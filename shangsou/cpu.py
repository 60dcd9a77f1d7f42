"""The processor cores that this process may use."""

import os


def usable_cores() -> int:
    """Return the number of cores that the process may use, such as those given to a container."""
    # Python 3.13 has os.process_cpu_count for it; only Linux can say.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
