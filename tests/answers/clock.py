"""A frozen clock for our own modules, so that answers do not depend on the day of the test."""

import pkgutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module

_PACKAGES = ("shangsou", "indexer", "searchapi")
# Prices of products, which begin and end with offers, go by `time.time` there.
_ENGINES = "shangsou.engines."


class FrozenClock:
    """The current time of our modules, which changes only by `advance`."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def advance(self) -> None:
        """Move on by a second."""
        self.now += timedelta(seconds=1)


@contextmanager
def frozen_clock(start: datetime) -> Iterator[FrozenClock]:
    """Replace `datetime.now` in our modules, and the engines' `time.time`, by a clock, until the block ends.

    All our modules are imported first, since one imported later would see the real time.
    """
    for package in map(import_module, _PACKAGES):
        for module_info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module_info.name)
    clock = FrozenClock(start)

    class FrozenDatetime(datetime, metaclass=_InstancesOfDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz or UTC)

    modules = [
        module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in _PACKAGES and vars(module).get("datetime") is datetime
    ]
    engines = [
        module
        for name, module in sys.modules.items()
        if name.startswith(_ENGINES) and vars(module).get("time") is time
    ]
    for module in modules:
        vars(module)["datetime"] = FrozenDatetime
    for module in engines:
        vars(module)["time"] = _FrozenTime(clock)
    try:
        yield clock
    finally:
        for module in modules:
            vars(module)["datetime"] = datetime
        for module in engines:
            vars(module)["time"] = time


class _FrozenTime:
    """The module `time` with the clock's `time`."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock

    def time(self) -> float:
        return self._clock.now.timestamp()

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


class _InstancesOfDatetime(type):
    """Makes every datetime an instance, for `isinstance` in the modules that see the frozen class."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)
