"""Rows cleaned per second of processor time, and the memory that takes: `shangsou index --dry-run`."""

import csv
import gzip
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from benchmarks.run_program import PROGRAM

ROWS = 1_000_000
_HEADER = ("商品编号", "商品标题", "品牌", "一级类目", "二级类目", "价格", "库存")
_COLOURS = ["黑色", "白色", "红色", "蓝色", "灰色", "粉色", "军绿", "卡其色", "酒红", "藏青", "米白", "紫色"]
_SIZES = ["S", "M", "L", "XL", "XXL", "3XL", "均码"]
# As many as a large shop has; the real catalog leaves most brands and categories empty.
_BRANDS, _CATEGORIES = 300, 40


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return rows per second and megabytes, without and with columns of colours and sizes."""
    return {
        name: _measure(data, has_variants=has_variants)
        for name, has_variants in (("plain", False), ("colours_and_sizes", True))
    }


def _measure(data: Path, *, has_variants: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([*_HEADER, *(("颜色", "尺码") if has_variants else ())])
            writer.writerows(_rows(data, has_variants=has_variants))
        process = subprocess.Popen([PROGRAM, "index", path, "--dry-run"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"shangsou index ended with {process.returncode}")
    processor_s = usage.ru_utime + usage.ru_stime
    return {
        "rows": ROWS,
        "processor_seconds": round(processor_s, 1),
        "rows_per_processor_s": round(ROWS / processor_s),
        "peak_mb": usage.ru_maxrss // 1024,
    }


def _rows(data: Path, *, has_variants: bool) -> Iterator[list[str]]:
    """Yield the real catalog again and again, with other ids, titles, prices and stocks each time."""
    with gzip.open(data / "catalog.tsv.gz", "rt", encoding="utf-8") as lines:
        products = [line.rstrip("\n").split("\t") for line in lines][1:]
    rng = random.Random(1)
    repeated = ((copy, product) for copy in count(1) for product in products)
    for number, (copy, product) in enumerate(islice(repeated, ROWS)):
        yield [
            f"{product[0]}-{copy}",
            f"{product[1]} {copy}款",
            product[4] or f"品牌{number % _BRANDS}",
            product[5] or f"类目{number % _CATEGORIES}",
            product[6],
            f"{rng.randint(100, 99_900) / 100:.2f}",
            str(rng.randint(0, 500)),
            *((_COLOURS[number % len(_COLOURS)], _SIZES[number % len(_SIZES)]) if has_variants else ()),
        ]
