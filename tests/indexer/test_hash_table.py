"""Numbers by hash, in little memory."""

import random

from indexer.hash_table import HashTable


def test_a_hash_keeps_the_number_that_it_was_given_first() -> None:
    table = HashTable()
    assert table.setdefault(7, 100) == 100
    assert table.setdefault(7, 200) == 100
    assert len(table) == 1


def test_hashes_with_the_same_lowest_bits_keep_their_own_numbers() -> None:
    table = HashTable()
    for number, hashed in enumerate((5, 5 + (1 << 20), 5 + (1 << 40), 6)):
        table.setdefault(hashed, number)
    assert [table.setdefault(hashed, -1) for hashed in (5, 5 + (1 << 20), 5 + (1 << 40), 6)] == [0, 1, 2, 3]


def test_only_what_was_added_is_in_a_table() -> None:
    table = HashTable()
    assert 0 not in table
    table.setdefault(0, 3)
    assert 0 in table
    assert 12 not in table


def test_negative_hashes_as_python_has_them_are_kept() -> None:
    table = HashTable()
    table.setdefault(-3, 9)
    assert -3 in table
    assert 3 not in table
    assert table.setdefault(-3, 1) == 9


def test_a_table_that_has_grown_many_times_holds_what_a_dictionary_holds() -> None:
    rng = random.Random(1)
    table, expected = HashTable(), {}
    for number in range(20_000):
        # Few enough that some repeat.
        hashed = rng.getrandbits(14) << rng.choice((0, 30))
        assert table.setdefault(hashed or 1, number) == expected.setdefault(hashed or 1, number)
    assert len(table) == len(expected)
