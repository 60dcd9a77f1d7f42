"""The processor cores that this process may use, and how it uses them."""

import os


def usable_cores() -> int:
    """Return the number of cores that the process may use, such as those given to a container."""
    # Python 3.13 has os.process_cpu_count for it; only Linux can say.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def calculate_in_one_thread() -> None:
    """Let numpy use one thread, in this process and those it starts, unless the user has set their number.

    To be called before numpy is imported, where several processes share the cores anyway: each thread of
    OpenBLAS spins while it waits for the others. While three processes built an index on two cores, the
    principal components of 512 dimensions took 5 s of CPU; in one thread they take .05 s.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
