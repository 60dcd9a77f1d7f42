"""Extras of the package: libraries that only some commands need."""

from collections.abc import Sequence
from importlib.util import find_spec

from shangsou.errors import UnusableInput


def check_installed(extra: str, libraries: Sequence[str]) -> None:
    """Raise `UnusableInput`, which says what to install, where a library of an extra is missing.

    Parameters
    ----------
    extra
        As `pip install` names it.
    libraries
        Of it, as they are imported. None of them is.
    """
    missing = [name for name in libraries if find_spec(name) is None]
    if missing:
        raise UnusableInput(f"{', '.join(missing)} is not installed; run pip install 'shangsou[{extra}]'")
