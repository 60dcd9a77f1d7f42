"""Products that only come near a query."""

from collections.abc import Sequence

from shangsou.lexicon.product_types import TypePrediction
from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.ranking.asked_facts import AskedFact
from shangsou.search.ranking.fusion import Candidate
from shangsou.search.related import RelatedProduct, explain_facts, fetch_related, find_lacks
from shangsou.search.understood import FactKind, QueryFact, Understood
from shangsou.text.facts import load_facts

PHONES = Understood(
    "手机", "手机", (), (), product_types=(TypePrediction("手机", 0.7), TypePrediction("电话", 0.3))
)
WORDS = Understood("复古 连衣裙", "复古 连衣裙", (), ())


class StubEngine:
    """Has every product but those called `gone`; only cases have a type, and each holds what it is called."""

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        # In any order: each is found by its id.
        return [
            Product(one, f"title of {one}") for one in reversed(product_ids) if not one.startswith("gone")
        ]

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        return {one: "手机壳" for one in product_ids if one.startswith("case")} | {
            one: "(accessory)" for one in product_ids if one.startswith("strap")
        }

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        return [{one for one in product_ids if {*one.split()} & {*wanted}} for wanted in terms]


def fetched(
    candidates: Sequence[Candidate], understood: Understood, facts: Sequence[AskedFact] = ()
) -> list[RelatedProduct]:
    return fetch_related(candidates, understood, facts, StubEngine(), load_facts())  # type: ignore[arg-type]


def asked(kind: FactKind, text: str, *, is_hard: bool = True, stating: tuple[str, ...] = ()) -> AskedFact:
    return AskedFact(QueryFact(f"{kind}:{text}", kind, text, text, is_hard), (text,), stating=stating)


BLACK = asked("colour", "黑色", stating=("白色", "蓝色"))
LARGE = asked("size", "xl", stating=("s",))
COTTON = asked("attribute", "纯棉", is_hard=False, stating=("涤纶",))


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
    [strap] = fetched([candidate("strap")], PHONES)
    assert strap.lacks == (Lack("product_type", "手机", None),)


def test_each_hard_fact_that_a_product_contradicts_is_lacking_with_what_it_states_instead() -> None:
    shirts = [
        Product("白色 s 涤纶", "衬衫 s码", attributes={"颜色": ("白色", "米白")}),
        Product("蓝色 xl", "天蓝色衬衫"),
        Product("黑色 s", "衬衫"),
        Product("纯棉", "衬衫"),
    ]
    facts = [BLACK, COTTON, LARGE]
    lacks = find_lacks(shirts, WORDS, facts, StubEngine(), load_facts())  # type: ignore[arg-type]
    assert lacks == {
        "白色 s 涤纶": (Lack("colour", "黑色", "白色、米白"), Lack("size", "xl", "s码")),
        "蓝色 xl": (Lack("colour", "黑色", "天蓝色"),),
        # It states one to the engine, but in none of the texts.
        "黑色 s": (Lack("size", "xl", None),),
        # What lacks no hard fact lacks words.
        "纯棉": (Lack("words", "复古 连衣裙", None),),
    }


def test_facts_come_before_the_type() -> None:
    [case] = fetched([candidate("case 白色")], PHONES, [BLACK])
    assert [lack.kind for lack in case.lacks] == ["colour"]
    [silent] = fetched([candidate("case")], PHONES, [BLACK])
    assert silent.lacks == (Lack("product_type", "手机", "手机壳"),)


def test_an_explanation_has_a_verdict_and_its_source_for_every_fact() -> None:
    shirt = Product("黑色 涤纶", "黑色衬衫 大码")
    assert explain_facts([shirt], [BLACK, COTTON, LARGE], StubEngine(), load_facts()) == {  # type: ignore[arg-type]
        "黑色 涤纶": [
            {"id": "colour:黑色", "verdict": "holds", "source": "黑色"},
            {"id": "attribute:纯棉", "verdict": "contradicts", "source": None},
            {"id": "size:xl", "verdict": "silent", "source": None},
        ]
    }


def test_what_has_gone_is_left_out() -> None:
    candidates = [candidate("a", 0.2), candidate("gone"), candidate("b", 0.1)]
    assert [one.product.product_id for one in fetched(candidates, WORDS)] == ["a", "b"]


def test_there_are_at_most_twenty_the_first_first() -> None:
    candidates = [candidate(f"p{number}") for number in range(30)]
    assert [one.product.product_id for one in fetched(candidates, WORDS)] == [f"p{n}" for n in range(20)]
    assert fetched([], WORDS) == []
