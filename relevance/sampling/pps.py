"""Sampling with probability proportional to size, without replacement."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Draw:
    """A unit that was drawn."""

    position: int
    """Among the sizes."""
    probability: float
    """That of being in such a sample: above 0, and 1 where the unit is in every one."""


def draw_by_size(sizes: Sequence[int], count: int, random: Random) -> list[Draw]:
    """Return a sample of units, in their order, each drawn with a probability proportional to its size.

    Systematic sampling (Madow, 1949) of units in random order (Hartley and Rao, 1962): each unit covers as
    much of a line as its size, and the units at `count` points with equal distances from a random start are
    drawn. The probability of a unit to be in the sample is exactly `count` x size / total, and no unit is
    drawn twice. A unit for which that is 1 or more is in every sample, and the others are drawn among
    themselves. The points and the line are whole numbers, so that no rounding loses a unit.

    Parameters
    ----------
    sizes
        Whole numbers from 1 on.
    count
        At most as many as there are units.
    random
        Its state decides the sample.

    Raises
    ------
    ValueError
        There are fewer units, or a size is not positive.
    """
    if not 0 <= count <= len(sizes):
        raise ValueError(f"{count} of {len(sizes)} units cannot be drawn")
    if any(size < 1 for size in sizes):
        raise ValueError("sizes are whole numbers from 1 on")
    certain = _certain_units(sizes, count)
    others = [position for position in range(len(sizes)) if position not in certain]
    left, total = count - len(certain), sum(sizes[position] for position in others)
    draws = [Draw(position, 1.0) for position in certain]
    draws += [
        Draw(position, left * sizes[position] / total)
        for position in _systematic(others, sizes, left, total, random)
    ]
    return sorted(draws, key=lambda draw: draw.position)


def _certain_units(sizes: Sequence[int], count: int) -> set[int]:
    """Return the units whose share of the sample would be one unit or more: taken out, others may follow."""
    by_size = sorted(range(len(sizes)), key=lambda position: -sizes[position])
    certain: set[int] = set()
    total = sum(sizes)
    for position in by_size:
        if len(certain) == count or (count - len(certain)) * sizes[position] < total:
            break
        certain.add(position)
        total -= sizes[position]
    return certain


def _systematic(
    units: Sequence[int], sizes: Sequence[int], count: int, total: int, random: Random
) -> list[int]:
    """Return the units at `count` points, `total` apart, on a line where each is `count` x its size long."""
    # `random()` alone is the same in every version of Python; `shuffle` and `randrange` are not.
    keys = [random.random() for _ in units]
    point = int(random.random() * total)
    drawn: list[int] = []
    end = 0
    for _, unit in sorted(zip(keys, units, strict=True)):
        end += count * sizes[unit]
        if point < end:
            drawn.append(unit)
            point += total
    return drawn
