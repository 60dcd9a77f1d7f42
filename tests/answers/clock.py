"""A clock that stands still for our own modules, so that what they answer does not depend on the day."""

import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module

_PACKAGES = ("shangsou", "indexer", "searchapi")


class Clock:
    """The moment that our modules take for now."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def step(self) -> None:
        """Go on by a second."""
        self.now += timedelta(seconds=1)


@contextmanager
def standing_clock(start: datetime) -> Iterator[Clock]:
    """Let `datetime.now` of our modules be what the clock says, until the end.

    All our modules are imported first: one that came later would have the real clock.
    """
    for package in map(import_module, _PACKAGES):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(found.name)
    clock = Clock(start)

    class Standing(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz or UTC)

    ours = [
        module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in _PACKAGES and vars(module).get("datetime") is datetime
    ]
    for module in ours:
        vars(module)["datetime"] = Standing
    try:
        yield clock
    finally:
        for module in ours:
            vars(module)["datetime"] = datetime


class _AnyDatetime(type):
    """Whatever is a datetime is one of these too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)
