"""Products indexed per second, with an empty vector cache and with a full one."""

import os
import shutil
from pathlib import Path

from benchmarks.run_program import run


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the program's own figures of two runs over the same catalog."""
    catalog = str(data / "catalog.tsv.gz")
    # Vectors cached by an earlier run would make the first run a second one.
    shutil.rmtree(Path(os.environ["SHANGSOU_HOME"]) / "vectors", ignore_errors=True)
    first, second = run("index", catalog), run("index", catalog)
    return {
        "products": second["indexed"],
        "first_seconds": first["seconds"],
        "first_encoded_texts": first["encoded"],
        "first_titles_per_s": round(first["indexed"] / first["seconds"]),
        "cached_seconds": second["seconds"],
        "cached_encoded_texts": second["encoded"],
        "cached_products_per_s": round(second["indexed"] / second["seconds"]),
    }
