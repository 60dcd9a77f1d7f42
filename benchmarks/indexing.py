"""Products indexed a second, once with an empty vector cache and once with a full one."""

from pathlib import Path

from benchmarks.program import run


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the program's own figures of two runs over the same catalog."""
    catalog = str(data / "catalog.tsv.gz")
    first, second = run("index", catalog), run("index", catalog)
    return {
        "products": second["indexed"],
        "first_seconds": first["seconds"],
        "cached_seconds": second["seconds"],
        "cached_products_per_s": round(second["indexed"] / second["seconds"]),
    }
