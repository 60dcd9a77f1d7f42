"""Re-ranked pools: order, limits on one brand, and explanations."""

import numpy as np
import pytest

from shangsou.engines.query import Hit
from shangsou.product import Product
from shangsou.search.personal.candidates import CandidatePool
from shangsou.search.personal.explanations import explain_moves
from shangsou.search.personal.history_cache import HistoryFeatures
from shangsou.search.personal.history_items import HistoryItem
from shangsou.search.personal.popularity import Popularity
from shangsou.search.personal.product_traits import TraitReader
from shangsou.search.personal.ranker import default_ranker
from shangsou.search.personal.rerank import (
    Personalizer,
    RerankFeatures,
    features_for,
    load_candidates,
    make_pool,
    rank,
)
from shangsou.search.ranking.fusion import Candidate, ScorePart
from tests.search.personal.trouser_catalog import StubEngine, click, history_items, pool, reader

PLAIN = ("plain-1", "plain-2", "flower-1", "flower-2")


def _features_for(
    *history: str, trait_reader: TraitReader | None = None, plain: tuple[str, ...] = PLAIN
) -> RerankFeatures:
    trait_reader = trait_reader or reader()
    candidates = load_candidates(pool(*plain), "长裤", trait_reader)
    assert candidates is not None
    return features_for(
        candidates,
        np.ones(4, np.float32),
        HistoryFeatures(history_items(*history), trait_reader),
        _personalizer(trait_reader),
    )


def _personalizer(trait_reader: TraitReader, *clicked: str) -> Personalizer:
    return Personalizer(
        default_ranker(), Popularity(click(product_id) for product_id in clicked), trait_reader
    )


def test_a_shopper_who_keeps_clicking_flowers_sees_them_first() -> None:
    order = rank(_features_for("skirt", "flower-2", "flower-1"), default_ranker(), 1.0)
    assert set(order[:2]) == {"flower-1", "flower-2"}
    assert PLAIN[:2] == ("plain-1", "plain-2")


def test_without_impact_the_order_is_the_plain_one() -> None:
    assert rank(_features_for("skirt", "flower-2"), default_ranker(), 0.0) == PLAIN


@pytest.mark.parametrize("impact", [0.0, 0.3, 1.0])
def test_nothing_comes_into_the_order_and_nothing_goes(impact: float) -> None:
    assert sorted(rank(_features_for("skirt"), default_ranker(), impact)) == sorted(PLAIN)


def test_a_small_impact_moves_less_than_a_large_one() -> None:
    features = _features_for("skirt", "flower-2")
    positions = [rank(features, default_ranker(), impact).index("flower-2") for impact in (0.0, 0.4, 1.0)]
    assert positions == sorted(positions, reverse=True)
    assert positions[0] > positions[-1]


def test_one_brand_takes_no_more_than_half_of_ten_places_while_others_are_left() -> None:
    loved = [Product(f"loved-{n}", "长裤", brand="甲") for n in range(12)]
    others = [Product(f"other-{n}", "长裤", brand=f"乙{n}") for n in range(60)]
    trait_reader = TraitReader(StubEngine([*loved, *others]))  # type: ignore[arg-type]
    plain = tuple(product.product_id for product in [*others[:10], *loved, *others[10:]])
    order = rank(
        _features_for("loved-0", "loved-1", trait_reader=trait_reader, plain=plain), default_ranker(), 1.0
    )
    assert sum(product_id.startswith("loved") for product_id in order[:10]) == 5
    assert sorted(order) == sorted(plain)


def test_a_page_of_one_brand_alone_stays_full() -> None:
    loved = [Product(f"loved-{n}", "长裤", brand="甲") for n in range(12)]
    trait_reader = TraitReader(StubEngine(loved))  # type: ignore[arg-type]
    plain = tuple(product.product_id for product in loved)
    assert (
        len(rank(_features_for("loved-0", trait_reader=trait_reader, plain=plain), default_ranker(), 1.0))
        == 12
    )


def _order_for_a_lover_of(
    bought: list[Product], candidate_pool: CandidatePool, query: str, trait_reader: TraitReader
) -> list[str]:
    """Return the order of what a query found, as the first letters of the ids, for who bought these."""
    candidates = load_candidates(candidate_pool, query, trait_reader)
    assert candidates is not None
    items = [HistoryItem(product.product_id, frozenset({query}), 2.0) for product in bought]
    history = HistoryFeatures(items, trait_reader)
    features = features_for(candidates, np.ones(4, np.float32), history, _personalizer(trait_reader))
    return [product_id[0] for product_id in rank(features, default_ranker(), 1.0)]


def test_a_strong_taste_lifts_nothing_that_is_another_thing_than_was_asked_for() -> None:
    skirts = [Product(f"s{n}", "半身裙 百褶", brand=f"乙{n}") for n in range(20)]
    dresses = [Product(f"d{n}", "连衣裙 碎花 收腰", brand="甲") for n in range(8)]
    trait_reader = TraitReader(StubEngine([*skirts, *dresses]))  # type: ignore[arg-type]
    candidate_pool = pool(*(product.product_id for product in (*skirts, *dresses[:2])))
    assert (
        _order_for_a_lover_of(dresses[2:], candidate_pool, "半身裙", trait_reader) == ["s"] * 20 + ["d"] * 2
    )


def test_what_is_of_another_type_stays_behind_what_the_query_asks_for() -> None:
    phones = [Product(f"p{n}", "手机 智能", brand=f"乙{n}", category=("手机",)) for n in range(20)]
    cases = [Product(f"c{n}", "手机 壳 防摔", brand="甲", category=("配件",)) for n in range(9)]
    trait_reader = TraitReader(StubEngine([*phones, *cases]))  # type: ignore[arg-type]
    # The second lies beyond the fused candidates, where nobody asked for the type.
    fused = [Candidate(product.product_id, 0.5, None, None, type_bonus=0.03) for product in phones]
    fused.append(Candidate("c0", 0.4, None, None))
    candidate_pool = make_pool(fused, [Hit("c1", 1.0)], 22)
    assert _order_for_a_lover_of(cases[2:], candidate_pool, "手机", trait_reader) == ["p"] * 20 + ["c"] * 2


def test_where_the_query_asks_for_no_type_nothing_is_of_another() -> None:
    made = make_pool([Candidate("a", 0.5, None, None), Candidate("b", 0.4, None, None)], [], 2)
    assert made.other_type.tolist() == [False, False]


def test_where_a_brand_was_asked_for_no_other_comes_between() -> None:
    asked = [Product(f"a{n}", "甲牌 长裤", brand="甲牌") for n in range(8)]
    others = [Product(f"o{n}", "长裤", brand=f"乙{n}") for n in range(8)]
    trait_reader = TraitReader(StubEngine([*asked, *others]))  # type: ignore[arg-type]
    candidate_pool = pool(*(product.product_id for product in (*asked, *others)))
    assert (
        _order_for_a_lover_of(others[:2], candidate_pool, "甲牌长裤", trait_reader) == ["a"] * 8 + ["o"] * 8
    )


def test_the_pool_is_the_fused_candidates_and_behind_them_what_matches_strictly() -> None:
    fused = [
        Candidate("a", 0.9, ScorePart(1, 8.0, 1.0, 0.6), None),
        Candidate("b", 0.3, None, ScorePart(1, 0.7, 1.0, 0.4)),
    ]
    made = make_pool(fused, [Hit("a", 8.0), Hit("c", 4.0), Hit("d", 2.0)], 3)
    assert made.product_ids == ("a", "b", "c")
    assert made.score.tolist() == [0.9, 0.3, 0]
    assert made.lexical.tolist() == [1, 0, 0.5]
    assert made.cosine.tolist() == [0, 0.7, 0]


def test_products_that_have_gone_are_left_out_and_nothing_at_all_is_none() -> None:
    candidates = load_candidates(pool("plain-1", "sold-out-long-ago"), "长裤", reader())
    assert candidates is not None
    assert candidates.pool.product_ids == ("plain-1",)
    assert load_candidates(pool("sold-out-long-ago"), "长裤", reader()) is None


def test_traits_are_read_once() -> None:
    engine = StubEngine()
    traits = TraitReader(engine)  # type: ignore[arg-type]
    traits.read(["plain-1", "plain-2"])
    traits.read(["plain-2", "flower-1"])
    assert engine.requested == [["plain-1", "plain-2"], ["flower-1"]]


def test_traits_stay_those_of_their_product_however_many_were_read() -> None:
    many = [Product(f"p{n}", f"长裤 第{n}号", brand=f"牌子{n}", price_fen=1000 + n) for n in range(2500)]
    traits = TraitReader(StubEngine(many))  # type: ignore[arg-type]
    for start in range(0, 2500, 100):
        traits.read([product.product_id for product in many[start : start + 100]])
    positions, traits_read = traits.read(["p2499", "unheard-of", "p3"])
    assert positions.tolist() == [0, 2]
    assert [traits.text(number) for number in traits_read.brands.tolist()] == ["牌子2499", "牌子3"]
    assert np.exp(traits_read.log_prices).round().tolist() == [3499, 1003]
    first, second = np.split(traits_read.words, np.cumsum(traits_read.word_counts)[:-1])
    assert "2499" in "".join(map(traits.text, first.tolist()))
    assert "2499" not in "".join(map(traits.text, second.tolist()))


def test_what_everybody_buys_comes_before_what_nobody_does() -> None:
    trait_reader = reader()
    candidates = load_candidates(pool("plain-1", "plain-2"), "长裤", trait_reader)
    assert candidates is not None
    clicked = ["plain-2"] * 50
    features = features_for(
        candidates,
        None,
        HistoryFeatures(history_items("bare"), trait_reader),
        _personalizer(trait_reader, *clicked),
    )
    assert rank(features, default_ranker(), 1.0) == ("plain-2", "plain-1")


@pytest.mark.parametrize(
    ("liked", "expected"),
    [
        ("碎花", {"flower-0": "您喜欢的 碎花"}),
        ("哑光百褶", {"flower-0": "您喜欢的 哑光百褶"}),  # whose part 哑光百 would be a broken reason
        ("gc-98", {}),  # a code says nothing by itself
        ("96%", {}),
    ],
)
def test_a_product_that_moved_up_says_what_of_it_the_shopper_likes(
    liked: str, expected: dict[str, str]
) -> None:
    plain = [Product(f"plain-{n}", "长裤 直筒") for n in range(20)]
    flowers = [Product(f"flower-{n}", f"长裤 {liked}", attributes={"图案": (liked,)}) for n in range(4)]
    trait_reader = TraitReader(StubEngine([*plain, *flowers]))  # type: ignore[arg-type]
    shown = (*(product.product_id for product in plain), "flower-0")
    features = _features_for("flower-1", "flower-2", "flower-3", trait_reader=trait_reader, plain=shown)
    order = rank(features, default_ranker(), 1.0)
    assert order[0] == "flower-0"
    # All that stand behind it moved down; three of three in the history against one of 21.
    assert explain_moves(features, order, order[:10], trait_reader) == expected


def test_a_word_of_titles_alone_is_no_reason_as_it_may_be_a_fragment() -> None:
    plain = [Product(f"plain-{n}", "长裤 直筒") for n in range(20)]
    flowers = [Product(f"flower-{n}", "长裤 哑光百") for n in range(4)]
    trait_reader = TraitReader(StubEngine([*plain, *flowers]))  # type: ignore[arg-type]
    shown = (*(product.product_id for product in plain), "flower-0")
    features = _features_for("flower-1", "flower-2", "flower-3", trait_reader=trait_reader, plain=shown)
    order = rank(features, default_ranker(), 1.0)
    assert order[0] == "flower-0"
    assert explain_moves(features, order, order[:10], trait_reader) == {}


def test_one_click_alone_is_no_habit() -> None:
    trait_reader = reader()
    features = _features_for("skirt", trait_reader=trait_reader)
    order = rank(features, default_ranker(), 1.0)
    assert explain_moves(features, order, order, trait_reader) == {}


def test_a_brand_that_is_rare_here_and_common_in_the_history_is_named() -> None:
    many = [Product(f"other-{n}", "长裤", brand=f"乙{n}") for n in range(20)]
    loved = Product("loved", "长裤", brand="南极人")
    bought = [Product(f"bought-{n}", "长裤", brand="南极人") for n in range(4)]
    trait_reader = TraitReader(StubEngine([*many, loved, *bought]))  # type: ignore[arg-type]
    plain = (*(product.product_id for product in many), "loved")
    features = _features_for(
        *(product.product_id for product in bought), trait_reader=trait_reader, plain=plain
    )
    order = rank(features, default_ranker(), 1.0)
    assert order[0] == "loved"
    assert explain_moves(features, order, order[:10], trait_reader) == {"loved": "您常看 南极人"}
