"""Memory of the first index of 500,000 products: real titles, further ones with a colour and a number."""

import csv
import gzip
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

from benchmarks.run_program import PROGRAM, own_home
from benchmarks.serving import children, memory_mb

PRODUCTS = 500_000
COLOURS = ("黑色", "白色", "红色", "蓝色", "绿色", "灰色", "米色", "粉色", "黄色", "紫色")
SAMPLE_EVERY_S = 0.5


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the most that the program and its processes held at a time, and the seconds."""
    with own_home("first") as home:
        catalog = home / "catalog.tsv"
        _write(data / "catalog.tsv.gz", catalog)
        # Vectors cached by an earlier run would make this one no first.
        shutil.rmtree(home / "vectors", ignore_errors=True)
        started = time.perf_counter()
        with subprocess.Popen([PROGRAM, "index", str(catalog)], stdout=subprocess.DEVNULL) as program:
            together, largest = 0.0, 0.0
            while program.poll() is None:
                held = [of_one for pid in _tree(program.pid) for of_one in _resident_mb(pid)]
                together, largest = max(together, sum(held)), max([largest, *held])
                time.sleep(SAMPLE_EVERY_S)
        if program.returncode:
            raise RuntimeError("the catalog was not indexed")
    return {
        "products": PRODUCTS,
        "seconds": round(time.perf_counter() - started),
        "peak_mb_of_all_processes": round(together),
        "peak_mb_of_the_largest": round(largest),
    }


def _write(real: Path, path: Path) -> None:
    """Write as many products as are asked for, all titles different."""
    rng = random.Random(1)
    with gzip.open(real, "rt", encoding="utf-8") as lines, path.open("w", encoding="utf-8") as output:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        output.write("\t".join(next(rows)) + "\n")
        for row in islice(_varied(list(rows), rng), PRODUCTS):
            output.write("\t".join(row) + "\n")


def _varied(rows: list[list[str]], rng: random.Random) -> Iterator[list[str]]:
    yield from rows
    for turn in count(1):
        for product_id, title, *others in rows:
            yield [
                f"{product_id}-{turn}",
                f"{title} {rng.choice(COLOURS)} {rng.randrange(100, 9999)}",
                *others,
            ]


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _tree(child)


def _resident_mb(pid: int) -> Iterator[float]:
    """Yield what a process holds, nothing where it has ended."""
    with suppress(FileNotFoundError, StopIteration, ProcessLookupError):
        yield memory_mb(pid, "VmRSS")
