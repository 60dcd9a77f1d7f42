"""Products that only come near a query."""

from collections.abc import Sequence

from shangsou.lexicon.product_types import TypePrediction
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.related import RelatedProduct, fetch_related, lacking
from shangsou.search.understood import Understood

PHONES = Understood(
    "手机", "手机", (), (), product_types=(TypePrediction("手机", 0.7), TypePrediction("电话", 0.3))
)
WORDS = Understood("复古 连衣裙", "复古 连衣裙", (), ())


class StubEngine:
    """Has every product but those called `gone`; only cases have a type."""

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        # In any order: each is found by its id.
        return [
            Product(one, f"title of {one}") for one in reversed(product_ids) if not one.startswith("gone")
        ]

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        return {one: "手机壳" for one in product_ids if one.startswith("case")}


def fetched(candidates: Sequence[Candidate], understood: Understood) -> list[RelatedProduct]:
    return fetch_related(candidates, understood, StubEngine())  # type: ignore[arg-type]


def candidate(product_id: str, score: float = 0.5) -> Candidate:
    return Candidate(product_id, score, None, None)


def test_each_lacks_the_likeliest_type_that_was_asked_for_and_says_what_it_is() -> None:
    case, other = fetched([candidate("case", 0.7), candidate("other", 0.6)], PHONES)
    assert case == RelatedProduct(
        Product("case", "title of case"), candidate("case", 0.7), (Lack("product_type", "手机", "手机壳"),)
    )
    assert other.lacks == (Lack("product_type", "手机", None),)


def test_where_no_type_was_asked_for_each_lacks_words() -> None:
    [case] = fetched([candidate("case")], WORDS)
    assert case.lacks == (Lack("words", "复古 连衣裙", "手机壳"),)


def test_what_is_only_known_to_go_with_a_thing_says_nothing_of_what_it_is() -> None:
    assert lacking(PHONES, {"p": "(accessory)"}, "p") == Lack("product_type", "手机", None)


def test_what_has_gone_is_left_out() -> None:
    candidates = [candidate("a", 0.2), candidate("gone"), candidate("b", 0.1)]
    assert [one.product.product_id for one in fetched(candidates, WORDS)] == ["a", "b"]


def test_there_are_at_most_twenty_the_first_first() -> None:
    candidates = [candidate(f"p{number}") for number in range(30)]
    assert [one.product.product_id for one in fetched(candidates, WORDS)] == [f"p{n}" for n in range(20)]
    assert fetched([], WORDS) == []
