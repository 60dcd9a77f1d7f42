"""One hit for the variants of a product, and a few for listings of the same thing."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shangsou.engines.listing import Listing
from shangsou.search.ranking.collapse import collapse, put_sold_out_last, spread_duplicates
from shangsou.search.ranking.fusion import Candidate

NAN = float("nan")


def candidates(ids: str) -> list[Candidate]:
    """Return candidates, best first."""
    return [Candidate(one, 1 - row / 100, None, None) for row, one in enumerate(ids.split())]


def ids(found: Sequence[Candidate]) -> str:
    return " ".join(candidate.product_id for candidate in found)


def listings(groups: str, sold_out: str = "") -> dict[str, Listing]:
    """Return the listings of products whose ids begin with the letter of their group."""
    return {
        one: Listing(one[0], one not in sold_out.split(), number, 0, NAN)
        for number, one in enumerate(groups.split())
    }


def test_the_best_variant_stands_for_its_group() -> None:
    found = "a2 b1 a1 c1 b2"
    assert ids(collapse(candidates(found), listings(found), by_group=True)) == "a2 b1 c1"
    assert ids(collapse(candidates(found), listings(found), by_group=False)) == found


def test_a_variant_that_can_be_bought_stands_for_a_group_before_a_better_one_that_cannot() -> None:
    found = "a1 b1 a2"
    ranked, sold_out = put_sold_out_last(candidates(found), listings(found, "a1"), (), by_group=True)
    assert (ids(ranked), ids(sold_out)) == ("b1 a2", "")


def test_what_is_sold_out_comes_behind_all_else() -> None:
    found = "a1 b1 c1 d1"
    ranked, sold_out = put_sold_out_last(candidates(found), listings(found, "a1 c1"), (), by_group=True)
    assert (ids(ranked), ids(sold_out)) == ("b1 d1", "a1 c1")


def test_what_is_sold_out_comes_before_what_contradicts_a_soft_fact() -> None:
    found = "a1 b1 e1 c1 d1"
    ranked, sold_out = put_sold_out_last(
        candidates(found), listings(found, "a1 d1"), {"c1", "d1"}, by_group=True
    )
    # b and e hold it or are silent, c contradicts it, and d contradicts it and is sold out besides.
    assert (ids(ranked), ids(sold_out)) == ("b1 e1 a1 c1", "d1")


def test_nothing_stays_nothing() -> None:
    assert put_sold_out_last([], {}, (), by_group=True) == ([], [])
    assert spread_duplicates([], {}) == []


def of_same(ids_by_key: dict[int, str]) -> dict[str, Listing]:
    return {
        one: Listing(one, True, key, 0, NAN) for key, alike in ids_by_key.items() for one in alike.split()
    }


def test_of_listings_of_the_same_thing_two_are_among_the_first_ten() -> None:
    order = ["s1", "s2", "s3", "s4", "a", "b", "c", "d", "e", "f", "g", "h", "i"]
    alike = of_same({0: "s1 s2 s3 s4"} | dict(enumerate("abcdefghi", 1)))
    assert spread_duplicates(order, alike) == [
        "s1",
        "s2",
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "g",
        "h",
        "s3",
        "s4",
        "i",
    ]


def test_where_there_is_nothing_else_listings_of_the_same_thing_fill_the_page() -> None:
    order = ["s1", "s2", "s3", "a", "s4"]
    assert spread_duplicates(order, of_same({0: "s1 s2 s3 s4", 1: "a"})) == ["s1", "s2", "a", "s3", "s4"]


@given(st.lists(st.integers(0, 3), max_size=30))
def test_spreading_loses_and_adds_nothing(keys: list[int]) -> None:
    order = [f"p{number}" for number in range(len(keys))]
    alike = {one: Listing(one, True, key, 0, NAN) for one, key in zip(order, keys, strict=True)}
    spread = spread_duplicates(order, alike)
    assert sorted(spread) == sorted(order)
    # What is like nothing before it keeps its order.
    firsts = [one for number, one in enumerate(order) if keys[number] not in keys[:number]]
    assert [one for one in spread if one in firsts] == firsts


def test_what_contradicts_a_soft_fact_keeps_its_place_before_what_fits_worse() -> None:
    found = "a1 b1 c1 d1"
    ranked, sold_out = put_sold_out_last(
        candidates(found), listings(found, "c1"), {"a1", "d1"}, by_group=True
    )
    # a stands before b, that fits, and d behind it.
    assert (ids(ranked), ids(sold_out)) == ("a1 b1 c1 d1", "")
    ranked, sold_out = put_sold_out_last(candidates(found), listings(found, "c1"), {"a1"}, by_group=True)
    assert (ids(ranked), ids(sold_out)) == ("a1 b1 d1", "c1")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans(), st.booleans()), max_size=20))
def test_nothing_that_is_sold_out_stands_before_what_can_be_bought_and_fits(
    drawn: list[tuple[str, bool, bool]],
) -> None:
    found = [f"{group}{number}" for number, (group, _, _) in enumerate(drawn)]
    of_all = {
        one: Listing(group, in_stock, 0, 0, NAN)
        for one, (group, in_stock, _) in zip(found, drawn, strict=True)
    }
    behind = {one for one, (_, _, contradicts) in zip(found, drawn, strict=True) if contradicts}
    ranked, sold_out = put_sold_out_last(candidates(" ".join(found)), of_all, behind, by_group=True)
    order = [candidate.product_id for candidate in (*ranked, *sold_out)]
    fitting = [one for one in order if one not in behind]
    assert [of_all[one].in_stock for one in fitting] == sorted(
        (of_all[one].in_stock for one in fitting), reverse=True
    )
    available = [one for one in order if of_all[one].in_stock]
    assert available == [one for one in found if one in available]
    assert sorted(of_all[one].group for one in order) == sorted({group for group, _, _ in drawn})  # type: ignore[type-var]
    assert not any(of_all[one.product_id].in_stock for one in sold_out)
