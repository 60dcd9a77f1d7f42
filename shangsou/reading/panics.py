"""Panics of readers written in Rust, which Python sees as no `Exception`."""


def is_panic(problem: BaseException | None) -> bool:
    """Return whether a reader came upon what its authors held impossible: its file is damaged.

    Each such library has a class `PanicException` of its own (pyo3), made to end the program.
    """
    return problem is not None and type(problem).__name__ == "PanicException"
