"""Secrets in files, as container platforms hand them over."""

from pathlib import Path

from shangsou.errors import UnusableInput


def read_secret(name: str, value: str | None, file: str | None) -> str:
    """Return a secret from its setting or from the file that another setting names; empty: none is set.

    Raises `UnusableInput`, which names the setting `name` and never the secret.
    """
    if value and file:
        raise UnusableInput(f"both SHANGSOU_{name} and SHANGSOU_{name}_FILE are set; remove one of them")
    if not file:
        return value or ""
    try:
        # An editor ends the last line; nothing else is taken off.
        secret = Path(file).expanduser().read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError, RuntimeError) as problem:
        words = problem.strerror if isinstance(problem, OSError) else "it is no text in UTF-8"
        raise UnusableInput(f"SHANGSOU_{name}_FILE {file!r} cannot be read: {words}") from None
    if not secret:
        raise UnusableInput(f"SHANGSOU_{name}_FILE {file!r} is empty; write the secret into it")
    return secret
