"""The order of a pool, its pages of one brand, and the words that go with it."""

import numpy as np
import pytest

from shangsou.engines.query import Hit
from shangsou.product import Product
from shangsou.search.fuse import Candidate, Part
from shangsou.search.personal.offer import Pool
from shangsou.search.personal.past import Past
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.recall import Recalled
from shangsou.search.personal.rerank import Examined, Personaliser, examine, look_at, make_pool, rank
from shangsou.search.personal.traits import TraitReader
from shangsou.search.personal.why import reasons
from tests.search.personal.shelf import Shelf, click, past, pool, reader

PLAIN = ("plain-1", "plain-2", "flower-1", "flower-2")


def _examine(*history: str, shelf: TraitReader | None = None, plain: tuple[str, ...] = PLAIN) -> Examined:
    shelf = shelf or reader()
    offer = look_at(pool(*plain), "长裤", shelf)
    assert offer is not None
    return examine(offer, np.ones(4, np.float32), Recalled(past(*history), shelf), _personaliser(shelf))


def _personaliser(shelf: TraitReader, *clicked: str) -> Personaliser:
    return Personaliser(default_ranker(), Popularity(click(one) for one in clicked), shelf)


def test_a_shopper_who_keeps_clicking_flowers_sees_them_first() -> None:
    order = rank(_examine("skirt", "flower-2", "flower-1"), default_ranker(), 1.0)
    assert set(order[:2]) == {"flower-1", "flower-2"}
    assert PLAIN[:2] == ("plain-1", "plain-2")


def test_without_impact_the_order_is_the_plain_one() -> None:
    assert rank(_examine("skirt", "flower-2"), default_ranker(), 0.0) == PLAIN


@pytest.mark.parametrize("impact", [0.0, 0.3, 1.0])
def test_nothing_comes_into_the_order_and_nothing_goes(impact: float) -> None:
    assert sorted(rank(_examine("skirt"), default_ranker(), impact)) == sorted(PLAIN)


def test_a_small_impact_moves_less_than_a_large_one() -> None:
    examined = _examine("skirt", "flower-2")
    places = [rank(examined, default_ranker(), impact).index("flower-2") for impact in (0.0, 0.4, 1.0)]
    assert places == sorted(places, reverse=True)
    assert places[0] > places[-1]


def test_one_brand_takes_no_more_than_half_of_ten_places_while_others_are_left() -> None:
    loved = [Product(f"loved-{n}", "长裤", brand="甲") for n in range(12)]
    others = [Product(f"other-{n}", "长裤", brand=f"乙{n}") for n in range(8)]
    shelf = TraitReader(Shelf([*loved, *others]))  # type: ignore[arg-type]
    plain = tuple(product.product_id for product in [*loved, *others])
    order = rank(_examine("loved-0", "loved-1", shelf=shelf, plain=plain), default_ranker(), 1.0)
    assert sum(one.startswith("loved") for one in order[:10]) == 5
    assert sorted(order) == sorted(plain)


def test_a_page_of_one_brand_alone_stays_full() -> None:
    loved = [Product(f"loved-{n}", "长裤", brand="甲") for n in range(12)]
    shelf = TraitReader(Shelf(loved))  # type: ignore[arg-type]
    plain = tuple(product.product_id for product in loved)
    assert len(rank(_examine("loved-0", shelf=shelf, plain=plain), default_ranker(), 1.0)) == 12


def _order_for_a_lover_of(bought: list[Product], found: Pool, query: str, shelf: TraitReader) -> list[str]:
    """Return the order of what a query found, as the first letters of the ids, for who bought these."""
    offer = look_at(found, query, shelf)
    assert offer is not None
    history = [Past(product.product_id, frozenset({query}), 2.0) for product in bought]
    seen = Recalled(history, shelf)
    examined = examine(offer, np.ones(4, np.float32), seen, _personaliser(shelf))
    return [one[0] for one in rank(examined, default_ranker(), 1.0)]


def test_a_strong_taste_lifts_nothing_that_is_another_thing_than_was_asked_for() -> None:
    skirts = [Product(f"s{n}", "半身裙 百褶", brand=f"乙{n}") for n in range(20)]
    dresses = [Product(f"d{n}", "连衣裙 碎花 收腰", brand="甲") for n in range(8)]
    shelf = TraitReader(Shelf([*skirts, *dresses]))  # type: ignore[arg-type]
    found = pool(*(product.product_id for product in (*skirts, *dresses[:2])))
    assert _order_for_a_lover_of(dresses[2:], found, "半身裙", shelf) == ["s"] * 20 + ["d"] * 2


def test_what_is_filed_elsewhere_stays_behind_what_the_query_asks_for() -> None:
    phones = [Product(f"p{n}", "手机 智能", brand=f"乙{n}", category=("手机",)) for n in range(20)]
    cases = [Product(f"c{n}", "手机 壳 防摔", brand="甲", category=("配件",)) for n in range(9)]
    shelf = TraitReader(Shelf([*phones, *cases]))  # type: ignore[arg-type]
    # The second lies beyond the fused candidates, where nobody asked for the category.
    fused = [Candidate(one.product_id, 0.5, None, None) for one in phones]
    fused.append(Candidate("c0", 0.4, None, None, damping=0.9))
    found = make_pool(fused, [Hit("c1", 1.0)], 22)
    assert _order_for_a_lover_of(cases[2:], found, "手机", shelf) == ["p"] * 20 + ["c"] * 2


def test_where_a_brand_was_asked_for_no_other_comes_between() -> None:
    asked = [Product(f"a{n}", "甲牌 长裤", brand="甲牌") for n in range(8)]
    others = [Product(f"o{n}", "长裤", brand=f"乙{n}") for n in range(8)]
    shelf = TraitReader(Shelf([*asked, *others]))  # type: ignore[arg-type]
    found = pool(*(product.product_id for product in (*asked, *others)))
    assert _order_for_a_lover_of(others[:2], found, "甲牌长裤", shelf) == ["a"] * 8 + ["o"] * 8


def test_the_pool_is_the_fused_candidates_and_behind_them_what_matches_strictly() -> None:
    fused = [
        Candidate("a", 0.9, Part(1, 8.0, 1.0, 0.6), None),
        Candidate("b", 0.3, None, Part(1, 0.7, 1.0, 0.4)),
    ]
    made = make_pool(fused, [Hit("a", 8.0), Hit("c", 4.0), Hit("d", 2.0)], 3)
    assert made.product_ids == ("a", "b", "c")
    assert made.score.tolist() == [0.9, 0.3, 0]
    assert made.lexical.tolist() == [1, 0, 0.5]
    assert made.cosine.tolist() == [0, 0.7, 0]


def test_products_that_have_gone_are_left_out_and_nothing_at_all_is_none() -> None:
    offer = look_at(pool("plain-1", "sold-out-long-ago"), "长裤", reader())
    assert offer is not None
    assert offer.pool.product_ids == ("plain-1",)
    assert look_at(pool("sold-out-long-ago"), "长裤", reader()) is None


def test_traits_are_read_once() -> None:
    shelf = Shelf()
    traits = TraitReader(shelf)  # type: ignore[arg-type]
    traits.read(["plain-1", "plain-2"])
    traits.read(["plain-2", "flower-1"])
    assert shelf.asked == [["plain-1", "plain-2"], ["flower-1"]]


def test_traits_stay_those_of_their_product_however_many_were_read() -> None:
    many = [Product(f"p{n}", f"长裤 第{n}号", brand=f"牌子{n}", price_fen=1000 + n) for n in range(2500)]
    traits = TraitReader(Shelf(many))  # type: ignore[arg-type]
    for start in range(0, 2500, 100):
        traits.read([product.product_id for product in many[start : start + 100]])
    places, found = traits.read(["p2499", "unheard-of", "p3"])
    assert places.tolist() == [0, 2]
    assert [traits.text(number) for number in found.brands.tolist()] == ["牌子2499", "牌子3"]
    assert np.exp(found.log_prices).round().tolist() == [3499, 1003]
    first, second = np.split(found.words, np.cumsum(found.word_counts)[:-1])
    assert "2499" in "".join(map(traits.text, first.tolist()))
    assert "2499" not in "".join(map(traits.text, second.tolist()))


def test_what_everybody_buys_comes_before_what_nobody_does() -> None:
    shelf = reader()
    offer = look_at(pool("plain-1", "plain-2"), "长裤", shelf)
    assert offer is not None
    clicked = ["plain-2"] * 50
    examined = examine(offer, None, Recalled(past("bare"), shelf), _personaliser(shelf, *clicked))
    assert rank(examined, default_ranker(), 1.0) == ("plain-2", "plain-1")


@pytest.mark.parametrize(
    ("liked", "said"),
    [
        ("碎花", {"flower-0": "您喜欢的 碎花"}),
        ("连衣裙", {"flower-0": "您喜欢的 连衣裙"}),  # whose parts 连衣 and 衣裙 are as common
        ("96%", {}),
    ],
)
def test_a_product_that_moved_up_says_what_of_it_the_shopper_likes(liked: str, said: dict[str, str]) -> None:
    plain = [Product(f"plain-{n}", "长裤 直筒") for n in range(20)]
    flowers = [Product(f"flower-{n}", f"长裤 {liked}") for n in range(4)]
    shelf = TraitReader(Shelf([*plain, *flowers]))  # type: ignore[arg-type]
    shown = (*(product.product_id for product in plain), "flower-0")
    examined = _examine("flower-1", "flower-2", "flower-3", shelf=shelf, plain=shown)
    order = rank(examined, default_ranker(), 1.0)
    assert order[0] == "flower-0"
    # All that stand behind it moved down; three of three in the history against one of 21.
    assert reasons(examined, order, order[:10], shelf) == said


def test_one_click_alone_is_no_habit() -> None:
    shelf = reader()
    examined = _examine("skirt", shelf=shelf)
    order = rank(examined, default_ranker(), 1.0)
    assert reasons(examined, order, order, shelf) == {}


def test_a_brand_that_is_rare_here_and_common_in_the_history_is_named() -> None:
    many = [Product(f"other-{n}", "长裤", brand=f"乙{n}") for n in range(20)]
    loved = Product("loved", "长裤", brand="南极人")
    bought = [Product(f"bought-{n}", "长裤", brand="南极人") for n in range(4)]
    shelf = TraitReader(Shelf([*many, loved, *bought]))  # type: ignore[arg-type]
    plain = (*(product.product_id for product in many), "loved")
    examined = _examine(*(product.product_id for product in bought), shelf=shelf, plain=plain)
    order = rank(examined, default_ranker(), 1.0)
    assert order[0] == "loved"
    assert reasons(examined, order, order[:10], shelf) == {"loved": "您常看 南极人"}
