"""Numbers by hash, in a tenth of the memory that a dictionary of Python's numbers takes."""

from array import array

_MASK = (1 << 64) - 1
# Beyond two thirds of the places taken, finding one takes ever longer (Knuth, volume 3, 6.4).
_MAX_LOAD = 2 / 3
_FIRST_PLACES = 1 << 10


class HashTable:
    """Numbers below 2^63 by hashes of 64 bits, in 24 to 48 bytes each; none is removed.

    Open addressing with linear probing: a hash stands in the place of its lowest bits, or the next free one.
    """

    def __init__(self) -> None:
        self._size = 0
        self._make_places(_FIRST_PLACES)

    def __len__(self) -> int:
        return self._size

    def __contains__(self, hashed: int) -> bool:
        return self._keys[self._place(hashed)] != 0

    def setdefault(self, hashed: int, number: int) -> int:
        """Return the number of a hash, which is the given one if it has none yet."""
        place = self._place(hashed)
        if self._keys[place]:
            return self._numbers[place]
        self._keys[place] = hashed & _MASK or 1
        self._numbers[place] = number
        self._size += 1
        if self._size > self._max_size:
            self._grow()
        return number

    def _place(self, hashed: int) -> int:
        """Return the place of a hash, or the free one where it would stand."""
        # Zero is a free place.
        key, keys, last = hashed & _MASK or 1, self._keys, self._last
        place = key & last
        while (found := keys[place]) and found != key:
            place = place + 1 & last
        return place

    def _make_places(self, places: int) -> None:
        self._keys, self._numbers = array("Q", bytes(8 * places)), array("q", bytes(8 * places))
        self._last = places - 1
        self._max_size = int(places * _MAX_LOAD)

    def _grow(self) -> None:
        old_keys, old_numbers = self._keys, self._numbers
        self._make_places(2 * len(old_keys))
        keys, numbers, last = self._keys, self._numbers, self._last
        for key, number in zip(old_keys, old_numbers, strict=True):
            if key:
                place = key & last
                while keys[place]:
                    place = place + 1 & last
                keys[place], numbers[place] = key, number
