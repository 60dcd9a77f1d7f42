"""Entities learned from a catalog, and the categories of a query's products."""

from pathlib import Path

import pytest

from shangsou.lexicon.categories import CategoryModel, open_category_model
from shangsou.lexicon.category_training import CategoryLearner
from shangsou.lexicon.entities import EntityLearner, head_nouns
from shangsou.lexicon.phrases import PhraseCounter, PositionCounts
from shangsou.product import Product
from shangsou.text.entities import EntityKind
from shangsou.text.segmenter import PACKAGED


def extract_entities(*products: Product) -> dict[str, EntityKind]:
    learner, counter = EntityLearner(), PhraseCounter()
    learner.add(products)
    counter.add(products)
    return learner.extract(counter.position_counts())


def test_words_count_as_often_as_they_stand_first_and_last() -> None:
    counter = PhraseCounter()
    counter.add(Product(str(number), title) for number, title in enumerate(["红色雨伞", "雨伞", "雨伞 红色"]))
    position_counts = counter.position_counts()
    assert [counts["雨伞"] for counts in position_counts] == [3, 2, 2]
    assert [counts["红色"] for counts in position_counts] == [2, 1, 1]


def test_a_column_holds_brands_in_each_of_their_spellings() -> None:
    kinds = extract_entities(
        Product("1", "手机", brand="华为（HUAWEI）"),
        Product("2", "手机", brand="无品牌"),
        Product("3", "手机", brand="other/其他"),
    )
    assert {phrase for phrase, kind in kinds.items() if kind == "brand"} == {"华为", "huawei"}


def test_a_word_in_the_column_that_never_begins_a_title_is_no_brand() -> None:
    titles = [Product(str(number), "新款箱包", brand="箱包") for number in range(5)]
    assert extract_entities(*titles).get("箱包") != "brand"
    assert extract_entities(*titles[:4])["箱包"] == "brand"  # said too seldom to tell


def test_what_begins_titles_is_a_brand_unless_it_is_a_place_or_a_plain_word() -> None:
    titles = [f"{first} 雨伞{number}" for first in ("zippo", "日本", "现货") for number in range(5)]
    kinds = extract_entities(*(Product(title, title) for title in titles))
    assert {phrase for phrase, kind in kinds.items() if kind == "brand"} == {"zippo"}


def test_what_texts_end_with_is_what_they_are_about() -> None:
    # 雨伞 ends 2 of 5, a share of .4; 红色 ends 1; 便宜 ends two, but is no thing.
    texts = PositionCounts({"雨伞": 5, "红色": 5, "便宜": 5}, {}, {"雨伞": 2, "红色": 1, "便宜": 2})
    assert head_nouns(texts, 0.4, PACKAGED) == {"雨伞"}
    assert head_nouns(texts, 0.41, PACKAGED) == set()


def test_values_of_attributes_are_of_the_kind_of_their_name() -> None:
    attributes = {"颜色": ("奶茶色",), "面料": ("雪纺",), "图案": ("碎花",), "净含量": ("500ml",)}
    products = [Product(str(number), "裙", attributes=attributes) for number in range(2)]
    assert extract_entities(*products) == {"奶茶色": "colour", "雪纺": "material", "碎花": "attribute"}
    # Of one product alone a value may be anything.
    assert extract_entities(products[0]) == {}


def test_leaves_of_the_tree_are_product_words() -> None:
    assert extract_entities(Product("1", "裙", category=("服装", "半身裙/连衣裙"))) == {
        "半身裙": "product",
        "连衣裙": "product",
    }


def filed(folder: Path, *groups: tuple[int, str, tuple[str, ...]]) -> CategoryModel | None:
    learner = CategoryLearner()
    learner.add(
        Product(f"{title}{number}", title, category=category)
        for count, title, category in groups
        for number in range(count)
    )
    learner.write(folder)
    return open_category_model(folder)


def test_a_query_is_filed_where_its_products_are(tmp_path: Path) -> None:
    model = filed(
        tmp_path,
        (30, "红色连衣裙", ("女装", "连衣裙")),
        (30, "红色衬衫", ("女装", "衬衫")),
        (30, "雨伞", ("家居",)),
    )
    assert model is not None
    [best] = model.predict("连衣裙")
    assert best.path == ("女装", "连衣裙")
    assert best.probability > 0.9
    # 红色 is said of both, so only the category around them is sure.
    both = model.predict("红色")
    assert both[0].path == ("女装",)
    assert both[0].probability == pytest.approx(1, abs=0.05)
    assert model.predict("钢琴") == ()


def test_products_without_a_category_take_their_share_of_the_probability(tmp_path: Path) -> None:
    model = filed(tmp_path, (30, "雨伞", ("家居",)), (30, "雨伞", ()), (30, "钢琴", ("乐器",)))
    assert model is not None
    [umbrella] = model.predict("雨伞")
    assert umbrella.probability == pytest.approx(0.5, abs=0.02)


def test_a_category_of_few_products_counts_as_the_one_above(tmp_path: Path) -> None:
    model = filed(
        tmp_path, (4, "长柄雨伞", ("家居", "雨伞")), (5, "台灯", ("家居", "灯")), (9, "钢琴", ("乐器",))
    )
    assert model is not None
    assert set(model.paths) == {("家居",), ("家居", "灯"), ("乐器",)}


def test_nothing_is_predicted_where_there_is_nothing_to_choose(tmp_path: Path) -> None:
    assert filed(tmp_path, (9, "雨伞", ())) is None
