"""Selection of the products that a shelf shows."""

from shangsou.product import Product
from shangsou.recommend.selection import select_items
from shangsou.recommend.shelf import ShelfCandidate

TEA = Product("tea", "云南古树普洱茶饼 357 克")
SHOP = [
    TEA,
    Product("cup", "陶瓷马克杯带盖勺"),
    Product("cup-red", "法式复古收腰碎花连衣裙女夏季新款红色", group_id="dress"),
    Product("cup-blue", "完全不同的标题也是同款的另一个颜色", group_id="dress"),
    Product("copy", "云南古树普洱茶饼 357克"),
    Product("sold-out", "折叠伞", stock=0),
    Product("off", "雨衣", status="off"),
    Product("umbrella", "晴雨两用折叠伞", stock=None),
]


def selected_ids(ids, size=10, **options):
    candidates = [ShelfCandidate(product_id, "", "sales") for product_id in ids]
    products = {product.product_id: product for product in SHOP}
    return [item.product.product_id for item in select_items(candidates, products, size, **options)]


def test_the_order_is_kept_and_nothing_comes_twice():
    assert selected_ids(["umbrella", "cup", "umbrella", "tea"]) == ["umbrella", "cup", "tea"]
    assert selected_ids(["umbrella", "cup", "tea"], size=2) == ["umbrella", "cup"]


def test_what_cannot_be_bought_is_left_out():
    assert selected_ids(["sold-out", "off", "gone", "cup"]) == ["cup"]


def test_of_a_group_of_variants_one_is_shown():
    assert selected_ids(["cup-blue", "cup-red"]) == ["cup-blue"]


def test_of_two_titles_that_say_the_same_one_is_shown():
    assert selected_ids(["copy", "tea"]) == ["copy"]


def test_neither_the_product_itself_nor_its_like_stands_beside_it():
    assert selected_ids(["tea", "copy", "cup"], shown_products=[TEA]) == ["cup"]


def test_excluded_products_are_never_shown():
    assert selected_ids(["cup", "tea"], excluded={"cup"}) == ["tea"]
