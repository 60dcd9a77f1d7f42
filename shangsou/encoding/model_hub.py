"""Whether a name leads to a model of sentence-transformers, by one question in place of its many."""

import os
from pathlib import Path

# Of one request; sentence-transformers asks for each of some ten files, five times each.
_TIMEOUT_S = 10.0
# Whose models sentence-transformers takes names without an organization for, but for those of the hub itself.
_ORGANIZATION = "sentence-transformers"


def check_name_leads_to_model(name: str) -> None:
    """Raise `OSError` that says why a name leads to no model of sentence-transformers.

    Parameters
    ----------
    name
        A folder, or a name on the model hub. What was fetched before is asked for nowhere.
    """
    from huggingface_hub.errors import HFValidationError

    if Path(name).is_dir():
        return
    names = [name] if "/" in name else [name, f"{_ORGANIZATION}/{name}"]
    try:
        is_there = any(map(_was_fetched, names)) or any(map(_is_on_hub, names))
    except HFValidationError:
        raise FileNotFoundError(
            "there is no folder of this name, and the model hub has no such names"
        ) from None
    if not is_there:
        raise FileNotFoundError("there is no folder of this name, and no model on the model hub")


def _was_fetched(name: str) -> bool:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    # Beside the cache of all libraries of the hub, sentence-transformers may have one of its own.
    for folder in {None, os.environ.get("SENTENCE_TRANSFORMERS_HOME")}:
        try:
            snapshot_download(name, cache_dir=folder, local_files_only=True)
        except LocalEntryNotFoundError:
            continue
        return True
    return False


def _is_on_hub(name: str) -> bool:
    """Return whether the hub has a model; raises `ConnectionError` where it cannot be asked."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi().model_info(name, timeout=_TIMEOUT_S)
    except RepositoryNotFoundError:
        return False
    except Exception as problem:  # of whatever HTTP client the library of the hub has
        raise ConnectionError(
            f"there is no folder of this name, and the model hub cannot be asked: {problem}"
        ) from problem
    return True
