"""Threads and workers follow the cores available to the process, not those of the machine."""

import os
import subprocess
import sys

import pytest

from shangsou.cpu import usable_cores


def test_without_limits_all_cores_of_the_process_count() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux ties a process to cores")
def test_a_process_that_was_given_one_core_counts_one() -> None:
    program = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "from shangsou.cpu import usable_cores; print(usable_cores())"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "1\n"
