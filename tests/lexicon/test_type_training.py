"""Learning product types, from small catalogs whose title vectors lie along axes, one for each type."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.lexicon.type_assignment import TypeAssignment
from shangsou.lexicon.type_training import TypeLearner
from shangsou.lexicon.type_words import ACCESSORY
from shangsou.product import Product

# So many that no catalog here tells what varies within types: then the space is that of the vectors
# themselves, around their mean.
DIMENSIONS = 40
DRESS, MUG, GLASSES, NUTS, PHONE, EARPHONES, FAR = range(7)


def along(*weights: float, axis: int = 0) -> np.ndarray:
    """Return the direction of these weights along the axes from `axis` on."""
    direction = np.zeros(DIMENSIONS, np.float32)
    direction[axis : axis + len(weights)] = weights
    return direction


@dataclass
class Catalog:
    """Products with their title vectors."""

    products: list[Product] = field(default_factory=list)
    vectors: list[np.ndarray] = field(default_factory=list)

    def add(self, product_id: str, title: str, direction: np.ndarray, **fields: object) -> None:
        """Add a product near a direction; noise keeps any two apart."""
        noise = np.random.default_rng(len(self.products)).standard_normal(DIMENSIONS) * 0.03
        near = (direction / np.linalg.norm(direction) + noise).astype(np.float32)
        self.vectors.append(near / np.linalg.norm(near))
        self.products.append(Product(product_id, title, **fields))  # type: ignore[arg-type]

    def learn(self) -> TypeAssignment:
        """Learn from the products in two batches."""
        learner = TypeLearner()
        learner.add(self.products[:7])
        learner.add(self.products[7:])
        return learner.assign(np.stack(self.vectors))


@dataclass(frozen=True)
class Learned:
    """What was learned from a catalog, by product id."""

    catalog: Catalog
    assignment: TypeAssignment

    def types(self, product_id: str) -> tuple[str, ...]:
        """Return the types of a product."""
        ids = [product.product_id for product in self.catalog.products]
        return self.assignment.of_products[ids.index(product_id)]

    @property
    def unsure(self) -> list[str]:
        """The ids of the products that are unsure."""
        return [self.catalog.products[row].product_id for row in self.assignment.unsure]


@pytest.fixture(scope="module")
def shop() -> Learned:
    """Six groups, each along an axis of its own, and some products that fit in badly."""
    catalog = Catalog()
    for number in range(5):
        catalog.add(
            f"dress-{number}", f"法式碎花 {number}", along(1, axis=DRESS), category=("女装", "连衣裙")
        )
        catalog.add(f"mug-{number}", f"陶瓷马克杯 {number}", along(1, axis=MUG))
    catalog.add("mug-in-dresses", "送礼 法式", along(1, axis=FAR), category=("女装", "连衣裙"))
    # Its brand holds the word for a dress, and it lies between dresses and mugs.
    catalog.add("branded", "连衣裙坊 陶瓷马克杯", along(0.6, 0.8, axis=DRESS), brand="连衣裙坊")
    catalog.add(
        "declared", "法式马克杯", along(1, axis=DRESS), product_type="晚礼服", category=("女装", "连衣裙")
    )
    catalog.add("wordless-near", "abc 12", along(1, axis=MUG))
    catalog.add("wordless-far", "xyz 34", along(1, axis=FAR + 1))
    catalog.add("off-topic", "马克杯", along(1, axis=FAR + 2))
    for number in range(5):
        word = "墨镜" if number < 2 else "圆框"
        catalog.add(f"glasses-{number}", f"{word} 偏光", along(1, axis=GLASSES), category=("配饰", "太阳镜"))
    for number in range(5):
        word = "坚果" if number < 3 else "瓜子"
        catalog.add(f"nuts-{number}", f"每日{word} 原味", along(1, axis=NUTS), category=("食品", "坚果炒货"))
    for number in range(6):
        word = "翻盖手机" if number < 2 else "手机"
        catalog.add(f"phone-{number}", f"{word} {number}", along(1, axis=PHONE))
    for number in range(6):
        kind = number < 2
        catalog.add(
            f"earphones-{number}",
            "头戴耳麦" if kind else "蓝牙入耳",
            along(0.5, 0.87, axis=EARPHONES + 10) if kind else along(1, axis=EARPHONES + 10),
            category=("数码", "耳机"),
        )
    return Learned(catalog, catalog.learn())


def test_each_product_has_its_types_in_the_order_they_were_added(shop: Learned) -> None:
    assert len(shop.assignment.of_products) == len(shop.catalog.products)
    types = shop.assignment.types
    assert types is not None
    assert types.products == len(shop.catalog.products)
    held = [name for names in shop.assignment.of_products for name in names]
    assert dict(zip(types.names, types.counts.tolist(), strict=True)) == {
        name: held.count(name) for name in types.names
    }


@pytest.mark.parametrize("number", range(5))
def test_what_is_filed_under_a_leaf_is_of_the_leaf_though_no_title_names_it(
    shop: Learned, number: int
) -> None:
    assert shop.types(f"dress-{number}")[0] == "连衣裙"


@pytest.mark.parametrize("number", range(5))
def test_what_a_title_names_and_lies_near_is_of_that_type(shop: Learned, number: int) -> None:
    assert "马克杯" in shop.types(f"mug-{number}")
    assert "连衣裙" not in shop.types(f"mug-{number}")


def test_what_is_filed_under_a_leaf_but_unlike_the_others_there_is_not_of_it(shop: Learned) -> None:
    assert "连衣裙" not in shop.types("mug-in-dresses")


def test_a_type_that_the_catalog_declares_is_the_main_one_whatever_title_and_leaf_say(shop: Learned) -> None:
    assert shop.types("declared")[0] == "晚礼服"
    assert "马克杯" not in shop.types("declared")


def test_a_brand_that_holds_a_word_for_a_thing_names_no_type(shop: Learned) -> None:
    # It lies at .6 from the dresses, twice as close as it takes for what it names.
    assert "马克杯" in shop.types("branded")
    assert "连衣裙" not in shop.types("branded")
    assert shop.assignment.types is not None
    assert "连衣裙坊" not in shop.assignment.types


def test_in_a_small_catalog_a_product_that_names_no_type_has_none(shop: Learned) -> None:
    assert shop.types("wordless-near") == ()
    assert shop.types("wordless-far") == ()


def test_a_title_that_names_a_type_from_which_it_lies_far_is_unsure(shop: Learned) -> None:
    assert shop.types("off-topic") == ()
    assert "off-topic" in shop.unsure
    # Those that name nothing are not.
    assert not {"wordless-near", "wordless-far"} & set(shop.unsure)


@pytest.mark.parametrize("number", range(5))
def test_a_word_that_only_products_of_a_leaf_are_called_is_another_word_for_the_leaf(
    shop: Learned, number: int
) -> None:
    # Two of five are called 墨镜, all are filed under 太阳镜 and alike.
    names = shop.types(f"glasses-{number}")
    assert names[0] == "太阳镜"
    assert "墨镜" in names


@pytest.mark.parametrize("number", range(5))
def test_a_word_inside_the_name_of_a_leaf_stands_for_what_is_alike_in_the_leaf(
    shop: Learned, number: int
) -> None:
    names = shop.types(f"nuts-{number}")
    assert names[0] == "坚果炒货"
    assert "坚果" in names


def test_a_word_that_lies_apart_from_the_rest_of_a_leaf_is_a_kind_and_no_other_word_for_it(
    shop: Learned,
) -> None:
    # Two of six are called 耳麦, at a cosine of about .5 to the rest, which is below .75.
    assert "耳麦" in shop.types("earphones-0")
    for number in range(2, 6):
        assert shop.types(f"earphones-{number}")[0] == "耳机"
        assert "耳麦" not in shop.types(f"earphones-{number}")


def test_a_kind_of_a_type_is_of_the_type_as_well(shop: Learned) -> None:
    types = shop.assignment.types
    assert types is not None
    assert types.wider["翻盖手机"] == "手机"
    assert {"翻盖手机", "手机"} <= set(shop.types("phone-0"))
    assert "翻盖手机" not in shop.types("phone-5")


def skirts(second: np.ndarray) -> Learned:
    """Return a shop that calls five products 裙子, five 连衣裙 in this direction, and five 马克杯."""
    catalog = Catalog()
    for number in range(5):
        catalog.add(f"skirt-{number}", f"裙子 {number}", along(1))
        catalog.add(f"dress-{number}", f"连衣裙 {number}", second)
        catalog.add(f"mug-{number}", f"马克杯 {number}", along(1, axis=7))
    return Learned(catalog, catalog.learn())


def test_the_word_for_all_that_ends_in_a_character_is_wider_than_what_ends_so_and_lies_close() -> None:
    # Almost the same direction: far over .5 around any mean.
    learned = skirts(along(1, 0.2))
    types = learned.assignment.types
    assert types is not None
    assert types.wider == {"连衣裙": "裙子"}
    assert learned.types("dress-0") == ("连衣裙", "裙子")
    assert learned.types("skirt-0") == ("裙子",)
    assert learned.types("mug-0") == ("马克杯",)


def test_it_is_not_wider_than_what_lies_elsewhere() -> None:
    # Three groups at right angles lie at -.5 of each other around their mean.
    learned = skirts(along(1, axis=3))
    types = learned.assignment.types
    assert types is not None
    assert types.wider == {}
    assert learned.types("dress-0") == ("连衣裙",)


@pytest.mark.parametrize(("brand", "is_type"), [("", True), ("苹果", False), ("苹果（Apple）", False)])
def test_a_pair_of_words_that_begins_with_a_brand_of_the_catalog_is_no_type(
    brand: str, is_type: bool
) -> None:
    catalog = Catalog()
    for number in range(5):
        catalog.add(f"other-{number}", f"二手 苹果手机 {number}", along(1))
        catalog.add(f"mug-{number}", f"马克杯 {number}", along(1, axis=1))
    # One product of the brand makes it one, even behind the others.
    catalog.add("own", "充电线", along(1, axis=2), brand=brand)
    learned = Learned(catalog, catalog.learn())
    types = learned.assignment.types
    assert types is not None
    assert ("苹果手机" in types) == is_type
    assert "手机" in types
    assert "手机" in learned.types("other-0")


def test_what_only_goes_with_a_thing_is_marked_behind_its_types() -> None:
    catalog = Catalog()
    for number in range(4):
        catalog.add(f"case-{number}", f"手机壳 适用小米 {number}", along(1))
        catalog.add(f"phone-{number}", f"手机 {number}", along(1, axis=1))
    catalog.add("service", "手机 上门维修", along(1, axis=1))
    learned = Learned(catalog, catalog.learn())
    assert learned.types("case-0")[0] == "手机壳"
    assert learned.types("case-0")[-1] == ACCESSORY
    assert learned.types("phone-0") == ("手机",)
    assert learned.types("service")[-1] == ACCESSORY
    types = learned.assignment.types
    assert types is not None
    # All cases say what they go with; of five phones one does.
    assert "手机壳" in types.accessories
    assert "手机" not in types.accessories
    assert ACCESSORY not in types


def test_leaves_the_categories_above_them_and_declared_types_are_known_as_such(shop: Learned) -> None:
    assert shop.assignment.types is not None
    leaves, above = {"连衣裙", "太阳镜", "坚果炒货", "耳机"}, {"女装", "配饰", "食品", "数码"}
    assert shop.assignment.types.leaves == leaves | above | {"晚礼服"}


def test_what_is_filed_below_a_category_is_of_it_however_far_it_lies_from_the_rest(shop: Learned) -> None:
    for number in range(5):
        assert {"连衣裙", "女装"} <= set(shop.types(f"dress-{number}"))
    assert shop.types("mug-in-dresses") == ("女装",)
    # Of what the catalog declares the category says nothing.
    assert shop.types("declared") == ("晚礼服",)


def test_a_category_stands_for_all_levels_below_it_by_each_of_its_words() -> None:
    catalog = Catalog()
    for number in range(4):
        catalog.add(f"a{number}", f"sku {number}", along(1), category=("服饰/鞋包", "女装", "连衣裙"))
        catalog.add(f"b{number}", f"sku {number}", along(1, axis=1), category=("服饰/鞋包", "男装", "西裤"))
        catalog.add(f"c{number}", f"sku {number}", along(1, axis=2), category=("服饰/鞋包", "箱包"))
    learned = Learned(catalog, catalog.learn())
    assert learned.types("a0")[0] == "连衣裙"
    assert set(learned.types("a0")) == {"连衣裙", "女装", "服饰", "鞋包"}
    assert set(learned.types("b0")) == {"西裤", "男装", "服饰", "鞋包"}
    assert set(learned.types("c0")) == {"箱包", "服饰", "鞋包"}
    types = learned.assignment.types
    assert types is not None
    counts = dict(zip(types.names, types.counts.tolist(), strict=True))
    assert (counts["服饰"], counts["鞋包"], counts["女装"], counts["连衣裙"]) == (12, 12, 4, 4)


def test_a_category_above_leaves_is_no_kind_of_what_its_name_ends_in() -> None:
    catalog = Catalog()
    for number in range(6):
        catalog.add(f"in-{number}", f"耳机 {number}", along(1), category=("影音耳机", "耳机"))
        catalog.add(f"box-{number}", f"音箱 {number}", along(1, 0.5), category=("影音耳机", "音箱"))
    learned = Learned(catalog, catalog.learn())
    types = learned.assignment.types
    assert types is not None
    assert "影音耳机" not in types.wider
    assert set(learned.types("box-0")) == {"音箱", "影音耳机"}


def test_a_query_is_asked_for_in_the_space_that_was_learned(shop: Learned) -> None:
    types = shop.assignment.types
    assert types is not None
    assert types.of_query("红色连衣裙", along(1, axis=DRESS)).names == ("连衣裙",)
    assert types.of_query("红色连衣裙", along(1, axis=PHONE)).names == ()


def test_a_leaf_of_several_words_is_each_of_them() -> None:
    catalog = Catalog()
    for number in range(4):
        catalog.add(f"a{number}", f"sku {number}", along(1), category=("家居", "雨伞/雨衣"))
        catalog.add(f"b{number}", f"sku {number}", along(1, axis=1), category=("家居", "杯子(新)"))
    learned = Learned(catalog, catalog.learn())
    assert set(learned.types("a0")) == {"雨伞", "雨衣", "家居"}
    # Of one character there are no types.
    assert learned.types("b0") == ("杯子", "家居")


def test_what_varies_among_products_of_one_type_counts_little() -> None:
    # Along the first two axes lie two types, along the third brands, along the fourth nothing but noise.
    rng = np.random.default_rng(5)
    learner = TypeLearner()
    vectors = []
    for number in range(60):
        word = ("马克杯", "雨伞")[number % 2]
        learner.add([Product(f"p{number}", f"{word} {number}")])
        direction = np.zeros(4)
        direction[number % 2] = 1
        direction[2] = rng.choice([-0.5, 0.5])
        direction[3] = rng.normal() * 0.02
        vectors.append(direction / np.linalg.norm(direction))
    learner.add([Product("wordless", "abc 12"), Product("lost", "xyz 34")])
    vectors += [np.array([1, 0, 0.5, 0]) / np.sqrt(1.25), np.array([0, 0, 0, 1])]
    assignment = learner.assign(np.array(vectors, np.float32))
    types = assignment.types
    assert types is not None
    # A product that names no type is of those it lies close to.
    assert assignment.of_products[60:] == [("马克杯",), ()]
    lengths = np.linalg.norm(types.space.projection, axis=1)
    assert lengths[2] < 0.8 * lengths[3]


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param([], id="no products"),
        pytest.param(["abc", "12", ""], id="no words"),
        pytest.param(["送-手机"], id="a word that is never what is sold"),
    ],
)
def test_where_there_is_nothing_to_learn_from_there_are_no_types(titles: Sequence[str]) -> None:
    learner = TypeLearner()
    learner.add([Product(str(number), title) for number, title in enumerate(titles)])
    vectors = np.tile(along(1), (len(titles), 1))
    assert learner.assign(vectors) == TypeAssignment(None, [()] * len(titles), [])


TITLES = st.lists(st.text("手机壳连衣裙女装杯送适用黑色 a-1", max_size=12), min_size=1, max_size=12)


@given(TITLES, st.sampled_from([(), ("女装",), ("手机/配件",)]), st.sampled_from(["", "手机"]))
def test_whatever_titles_hold_each_product_has_types_that_are_known(
    titles: list[str], category: tuple[str, ...], declared: str
) -> None:
    learner = TypeLearner()
    learner.add(
        [
            Product(str(number), title, category=category, product_type=declared if number % 2 else "")
            for number, title in enumerate(titles)
        ]
    )
    vectors = np.eye(DIMENSIONS, dtype=np.float32)[np.arange(len(titles)) % 3]
    assignment = learner.assign(vectors)
    assert len(assignment.of_products) == len(titles)
    known = {ACCESSORY} | (set() if assignment.types is None else set(assignment.types.names))
    assert {name for names in assignment.of_products for name in names} <= known
    assert all(len(set(names)) == len(names) for names in assignment.of_products)
    assert all(row < len(titles) for row in assignment.unsure)
