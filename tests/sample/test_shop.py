"""Products of the sample shop."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

from shangsou.product import product_from_json, product_to_json
from shangsou.sample.pictures import draw
from shangsou.sample.shop import sample_products
from shangsou.sample.vocabulary import read_brands, read_colours


def test_the_shop_is_large_and_broad(sample_catalog):
    assert len(sample_catalog) >= 3000
    assert len({product.category for product in sample_catalog}) >= 40
    assert len({product.category[0] for product in sample_catalog}) == 12


def test_every_category_has_products_to_choose_from(sample_catalog):
    leaves = Counter(product.category for product in sample_catalog)
    assert [leaf for leaf, count in leaves.items() if count < 8] == []


def test_no_category_is_both_a_leaf_and_a_branch(sample_catalog):
    leaves = {product.category for product in sample_catalog}
    assert [leaf for leaf in leaves if any(other[: len(leaf)] == leaf for other in leaves - {leaf})] == []


def test_the_shop_is_the_same_each_time(sample_catalog):
    assert sample_products() == sample_catalog


def test_ids_and_titles_are_each_used_once(sample_catalog):
    assert len({product.product_id for product in sample_catalog}) == len(sample_catalog)
    assert len({product.title for product in sample_catalog}) == len(sample_catalog)


def test_products_survive_being_stored(sample_catalog):
    assert [product_from_json(product_to_json(product)) for product in sample_catalog] == sample_catalog


def test_every_product_says_what_a_shopper_needs(sample_catalog):
    today = datetime(2026, 11, 1, tzinfo=UTC)
    for product in sample_catalog:
        assert 15 <= len(product.title) <= 40, product
        assert product.price_fen is not None, product
        assert product.price_fen >= 100, product
        assert 2 <= len(product.category) <= 3, product
        assert 3 <= len(product.attributes) <= 10, product
        assert all(values and all(values) for values in product.attributes.values()), product
        assert product.brand, product
        assert product.shop, product
        assert product.created_at is not None, product
        assert product.created_at < today, product


def test_every_picture_can_be_drawn(sample_catalog):
    for url in {product.image_url for product in sample_catalog}:
        name = re.fullmatch(r"/sample/(.+)\.svg", url)
        assert name is not None
        assert draw(name[1]).startswith("<svg ")


def test_no_text_has_an_unfilled_slot(sample_catalog):
    for product in sample_catalog:
        text = product.title + product.subtitle + product.description
        assert not set("{}[]?") & set(text), product


def test_titles_end_without_loose_ends(sample_catalog):
    for product in sample_catalog:
        assert product.title == product.title.strip()
        assert "  " not in product.title


def test_descriptions_have_two_to_four_sentences(sample_catalog):
    counts = Counter(len(re.findall("[。！]", product.description)) for product in sample_catalog)
    assert set(counts) <= {2, 3, 4}


def test_no_text_says_a_word_twice_in_a_row(sample_catalog):
    twice = re.compile(r"([\u4e00-\u9fff]{2,})\1")
    texts = (
        product.title + "\n" + product.description + "\n" + product.subtitle for product in sample_catalog
    )
    assert [text for text in texts if twice.search(text)] == []


def test_a_colour_in_a_title_is_the_products_own(sample_catalog):
    colours = set(read_colours())
    for product in sample_catalog:
        own = " ".join(product.attributes.get("颜色", ()))
        if own:
            named = {colour for colour in colours if colour in product.title}
            assert {colour for colour in named if colour not in own} == set(), product


def test_a_season_in_a_title_is_the_products_own(sample_catalog):
    for product in sample_catalog:
        season = "".join(product.attributes.get("适用季节", ()))
        if season == "夏季":
            assert not re.search("冬季|冬天|加绒|羽绒服", product.title), product
        if season == "冬季":
            assert not re.search("夏季|夏天|夏装|清凉", product.title), product


def test_variants_differ_in_title_and_attributes_and_share_the_rest(sample_catalog):
    groups = defaultdict(list)
    for product in sample_catalog:
        if product.group_id:
            groups[product.group_id].append(product)
    assert len(groups) >= 300
    for variants in groups.values():
        assert 2 <= len(variants) <= 4
        assert len({variant.title for variant in variants}) == len(variants)
        assert len({(variant.brand, variant.category, variant.shop) for variant in variants}) == 1
        for one, next_one in pairwise(variants):
            assert one.attributes != next_one.attributes


def test_a_shop_has_some_of_everything(sample_catalog):
    def share(condition):
        return sum(bool(condition(product)) for product in sample_catalog) / len(sample_catalog)

    assert 0.003 < share(lambda product: product.status == "off") < 0.03
    assert 0.02 < share(lambda product: product.stock == 0) < 0.1
    assert 0.1 < share(lambda product: product.list_price_fen) < 0.5
    assert 0.1 < share(lambda product: product.subtitle) < 0.9
    assert share(lambda product: product.description) == 1


def test_list_prices_exceed_prices_and_offers_end_after_they_begin(sample_catalog):
    for product in sample_catalog:
        if product.list_price_fen is not None:
            assert product.list_price_fen > product.price_fen
        if product.offer_from is not None:
            assert product.list_price_fen is not None
            assert product.offer_from < product.offer_until


def test_sales_have_a_long_tail(sample_catalog):
    sales = sorted((product.sales for product in sample_catalog), reverse=True)
    best_hundredth = sum(sales[: len(sales) // 100])
    assert best_hundredth > 0.2 * sum(sales)
    assert sales[0] > 20 * sales[len(sales) // 2] > 0


def test_dear_brands_ask_more_for_the_same_kind_of_thing(sample_catalog):
    tiers = {brand.name: brand.tier for brand in read_brands()}
    prices = defaultdict(list)
    for product in sample_catalog:
        if product.category == ("女装", "裙装", "连衣裙"):
            prices[tiers[product.brand] > 2].append(product.price_fen)
    assert sum(prices[True]) / len(prices[True]) > sum(prices[False]) / len(prices[False])


def test_brands_are_many_and_each_sells_something(sample_catalog):
    brands = {brand.name for brand in read_brands()}
    assert len(brands) >= 60
    # A brand whose whole department is covered by many others may draw no product.
    assert len(brands - {product.brand for product in sample_catalog}) <= 3


def test_titles_follow_many_templates(sample_catalog):
    by_department = defaultdict(list)
    for product in sample_catalog:
        by_department[product.category[0]].append(product)
    for department, products in by_department.items():
        begins_with_brand = sum(
            any(product.title.startswith(part) for part in product.brand.split("/")) for product in products
        )
        assert 0.2 < begins_with_brand / len(products) < 0.85, department
        # Variants begin alike, others seldom do.
        assert len({product.title[:6] for product in products}) > len(products) / 3, department
