"""Whether a name leads to a model of sentence-transformers, by one question in place of its many."""

from pathlib import Path

# Of one request; sentence-transformers asks for each of some ten files, five times each.
_TIMEOUT_S = 10.0


def check_name_leads_to_model(name: str) -> None:
    """Raise `OSError` that says why a name leads to no model.

    Parameters
    ----------
    name
        A folder, or a name on the model hub. What was fetched before is asked for nowhere.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    if Path(name).is_dir():
        return
    try:
        snapshot_download(name, local_files_only=True)
        return
    except HFValidationError:
        raise FileNotFoundError(
            "there is no folder of this name, and the model hub has no such names"
        ) from None
    except LocalEntryNotFoundError:
        pass
    try:
        HfApi().model_info(name, timeout=_TIMEOUT_S)
    except RepositoryNotFoundError:
        raise FileNotFoundError("there is no folder of this name, and no model on the model hub") from None
    except Exception as problem:  # of whatever HTTP client the library of the hub has
        raise ConnectionError(
            f"there is no folder of this name, and the model hub cannot be asked: {problem}"
        ) from problem
