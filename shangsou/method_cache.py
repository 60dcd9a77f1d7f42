"""Caches of methods that do not keep their object alive."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast
from weakref import WeakMethod

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def cached_method(method: Callable[Arguments, Result], size: int) -> Callable[Arguments, Result]:
    """Return a method with a cache, to be kept by the object whose method it is.

    `functools.lru_cache` of a bound method would make a circle of references: an index that is replaced would
    stay in memory until Python's collector of circles comes by, which counts objects, not the arrays in them.

    Parameters
    ----------
    method
        A bound method with hashable arguments.
    size
        The most results that are kept; of more, the least recently used go.
    """
    weak = WeakMethod(method)

    @lru_cache(size)
    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        alive = weak()
        if alive is None:
            raise ReferenceError("the object of a cached method is gone")
        return alive(*arguments, **named)

    return cast("Callable[Arguments, Result]", call)
