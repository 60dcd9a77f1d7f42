"""Files that are on the disk once we say so."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Return once a file's content, or the names in a folder, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(file: Path, target: Path) -> None:
    """Put a file in the place of another on the same disk, whole and durable, whenever we are killed."""
    sync(file)
    file.replace(target)
    sync(target.parent)
