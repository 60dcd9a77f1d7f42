"""Memory that a process holds and does not use, given back to the operating system."""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back_unused() -> None:
    """Give back what was freed: the C library keeps it, in pieces, for as long as the process lives.

    A server that opens another index holds two for a moment; without this it keeps room for both. Some ten
    milliseconds; where the C library is not glibc, nothing happens.
    """
    _malloc_trim()(0)


@cache
def _malloc_trim() -> Callable[[int], object]:
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return lambda _: None
    function = library.malloc_trim
    function.argtypes = [ctypes.c_size_t]
    return function
