"""Whether the libraries of the extra `insights` are installed."""

from shangsou import extras

_LIBRARIES = ("lightgbm", "lunar_python", "scipy", "xlsxwriter")


def check_installed() -> None:
    """Raise `UnusableInput`, which says what to install, where a library of the extra is missing."""
    extras.check_installed("insights", _LIBRARIES)
