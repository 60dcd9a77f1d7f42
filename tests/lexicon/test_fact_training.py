"""Learning the facts of a catalog: the terms of its products, and the values that a query may ask for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pytest

from shangsou.engines.product_terms import ProductTerms
from shangsou.lexicon.fact_terms import term
from shangsou.lexicon.fact_training import FactLearner
from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.product import Product
from shangsou.text.amounts import Reading
from shangsou.text.facts import load_facts


@dataclass(frozen=True)
class Learned:
    """What was learned from products."""

    terms: ProductTerms
    vocabulary: FactVocabulary

    def values(self, kind: str, row: int) -> set[tuple[str, str]]:
        """Return name and value of the terms of a kind that a product has."""
        split = (one.split("\x1f") for one in self.terms.of_product(row))
        return {(name, value) for of_kind, name, value in split if of_kind == kind and value}


def learn(products: Sequence[Product], brands: Collection[str] = ()) -> Learned:
    """Learn from products in two batches."""
    learner = FactLearner(load_facts())
    learner.add(products[:1])
    learner.add(products[1:])
    return Learned(*learner.finish(brands))


def product(title: str, brand: str = "", subtitle: str = "", **attributes: str) -> Product:
    columns = {name: (value,) for name, value in attributes.items()}
    return Product("p", title, brand=brand, subtitle=subtitle, attributes=columns)


def test_terms_are_those_of_each_product_in_catalog_order() -> None:
    learned = learn([product("大米5kg"), product("雨伞"), product("红色雨伞")])
    assert learned.terms.products == 3
    assert learned.values("amount", 0) == {("mass", "5000..5000")}
    assert learned.values("amount", 1) == set()
    assert learned.values("colour", 2) == {("", "红")}


def test_a_catalog_without_products_has_no_facts() -> None:
    learned = learn([])
    assert learned.terms.products == 0
    assert (learned.vocabulary.names_of_values, learned.vocabulary.amounts) == ({}, {})


def test_a_value_of_one_product_alone_is_not_in_the_vocabulary() -> None:
    shop = [product("裙", 面料="雪纺"), product("裤", 面料="雪纺"), product("衫", 面料="亚麻")]
    assert learn(shop).vocabulary.names_of_values == {"雪纺": ("面料",)}


def test_a_value_that_one_product_says_twice_is_of_one_product() -> None:
    twice = Product("p", "裙", attributes={"面料": ("雪纺", "雪纺")})
    assert learn([twice]).vocabulary.names_of_values == {}


def test_a_value_has_the_names_of_all_attributes_that_often_have_it() -> None:
    shop = [product(f"裙{number}", 面料="雪纺", 材质="雪纺") for number in range(2)]
    shop.append(product("裤", 里料="雪纺"))
    assert learn(shop).vocabulary.names_of_values == {"雪纺": ("面料", "材质")}


def test_a_size_of_shoes_may_be_asked_for_by_its_number() -> None:
    shop = [product(f"鞋{number}", 尺码="37码", 高度="37码") for number in range(2)]
    assert learn(shop).vocabulary.names_of_values == {"37": ("尺码",)}
    # Whatever is spelled in one catalog in two ways, it is one attribute; a range is no number.
    shop += [product(f"鞋{number}", 尺码="37", 鞋码="36-38码") for number in range(2)]
    assert learn(shop).vocabulary.names_of_values == {"37": ("尺码",)}


def test_amounts_are_those_of_all_products_in_order() -> None:
    learned = learn([product("大米5kg"), product("油1升"), product("大米2.5公斤"), product("小米10斤")])
    assert learned.vocabulary.amounts == {
        "mass": (Reading("mass", 2500, 2500), Reading("mass", 5000, 5000)),
        "volume": (Reading("volume", 1000, 1000),),
    }


def test_a_value_inside_another_is_a_part_of_it() -> None:
    shop = [
        product("皮鞋", 材质="牛皮"),
        product("皮鞋", 材质="牛皮"),
        product("皮鞋", 材质="二层牛皮"),
        product("皮鞋", 里料="二层牛皮"),
    ]
    learned = learn(shop)
    assert learned.values("part", 2) == {("材质", "牛皮")}
    # As a whole value it is none; and the lining is no 材质.
    assert learned.values("part", 0) == set()
    assert learned.values("part", 3) == set()


def test_texts_say_the_values_that_columns_of_others_have() -> None:
    shop = [
        product("裙", 面料="雪纺"),
        product("裙", 面料="雪纺"),
        product("雪纺衫"),
        product("衫", subtitle="垂感雪纺"),
        product("雪纺"),
    ]
    learned = learn(shop)
    assert learned.values("text", 2) == {("", "雪纺")}
    assert learned.values("text", 3) == {("", "雪纺")}
    assert learned.values("text", 0) == set()


def test_a_value_inside_a_brand_is_no_value_of_the_text() -> None:
    shop = [
        product("面霜", 香型="自然"),
        product("面霜", 香型="自然"),
        product("自然堂面霜"),
        product("自然面霜"),
    ]
    learned = learn(shop, brands=["自然堂"])
    assert learned.values("text", 2) == {("", "自然堂")}
    assert learned.values("text", 3) == {("", "自然")}


@pytest.mark.parametrize("title", ["耐克跑鞋", "【正品】耐克跑鞋", " [新款] 耐克 跑鞋"])
def test_without_a_column_the_brand_is_the_one_that_the_title_begins_with(title: str) -> None:
    learned = learn([product(title)], brands=["耐克", "苹果"])
    assert learned.values("brand", 0) == {("", "耐克")}
    assert term("brand", "") in learned.terms.of_product(0)


def test_a_brand_within_a_title_is_text_and_not_the_brand() -> None:
    learned = learn([product("跑鞋 适用耐克")], brands=["耐克"])
    assert learned.values("brand", 0) == set()
    assert term("brand", "") not in learned.terms.of_product(0)
    assert learned.values("text", 0) == {("", "耐克")}


def test_a_column_for_the_brand_beats_the_title() -> None:
    learned = learn([product("苹果手机壳", brand="壳匠")], brands=["苹果", "壳匠"])
    assert learned.values("brand", 0) == {("", "壳匠")}


@pytest.mark.parametrize(
    ("title", "spellings"),
    [
        ("唐为(TANGWEI)音箱", {"唐为", "tangwei"}),
        ("唐为（TangWei）音箱", {"唐为", "tangwei"}),
        ("【秒杀】唐为 (tang wei) 音箱", {"唐为", "tangwei"}),
        ("midea/美的 电饭煲", {"midea", "美的"}),
        # 美的电饭煲 may be all one word.
        ("midea/美的电饭煲好用省电", set()),
        ("音箱 唐为(TANGWEI)", set()),
    ],
)
def test_a_title_that_begins_with_a_brand_in_two_languages_has_both(title: str, spellings: set[str]) -> None:
    assert learn([product(title)]).values("brand", 0) == {("", spelling) for spelling in spellings}


def test_a_brand_has_the_other_spelling_that_two_products_give_it() -> None:
    shop = [product("唐为(TANGWEI)音箱"), product("耳机", brand="唐为/TANGWEI"), product("华为(HUAWEI)手机")]
    assert learn(shop, brands=["耐克", "华为"]).vocabulary.brands == {
        "唐为": ("tangwei",),
        "tangwei": ("唐为",),
        "耐克": (),
        "华为": (),
    }
