"""A frozen clock for our own modules, so that answers do not depend on the day of the test."""

import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module

_PACKAGES = ("shangsou", "indexer", "searchapi")


class FrozenClock:
    """The current time of our modules, which changes only by `advance`."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def advance(self) -> None:
        """Move on by a second."""
        self.now += timedelta(seconds=1)


@contextmanager
def frozen_clock(start: datetime) -> Iterator[FrozenClock]:
    """Replace `datetime.now` in our modules by a clock, until the block ends.

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
    for module in modules:
        vars(module)["datetime"] = FrozenDatetime
    try:
        yield clock
    finally:
        for module in modules:
            vars(module)["datetime"] = datetime


class _InstancesOfDatetime(type):
    """Makes every datetime an instance, for `isinstance` in the modules that see the frozen class."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)
