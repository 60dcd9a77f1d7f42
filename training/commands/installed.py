"""Whether the libraries of the extra `torch` are installed."""

from importlib.util import find_spec

from shangsou.errors import UnusableInput

_LIBRARIES = ("torch", "sentence_transformers")


def check_installed() -> None:
    """Raise `UnusableInput`, which says what to install, where a library of the extra is missing."""
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise UnusableInput(f"{', '.join(missing)} is not installed; run pip install 'shangsou[torch]'")
