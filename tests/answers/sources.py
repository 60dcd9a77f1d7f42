"""The files from which the stored home is made: products of the sample shop, a query log, events."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from shangsou.product import Product, product_to_json
from shangsou.sample.shop import sample_products

BUILT_AT = datetime(2026, 11, 10, 4, tzinfo=UTC)
"""When the index is built and the events are imported; nine days after the date of the sample shop."""

_QUERIES = Path(__file__).with_name("queries.tsv")
# How many products of each category, from its first on. Variants stay together: it may be one or two more.
_PRODUCT_COUNTS = {
    "连衣裙": 36, "羽绒服": 18, "T恤": 14, "牛仔裤": 12, "高跟鞋": 14, "跑步鞋": 16, "双肩背包": 10,
    "儿童书包": 6, "拉杆箱": 8, "雨伞": 6, "手表": 6, "面霜": 8, "面膜": 8, "口红": 10, "洗发水": 8,
    "香水": 4, "智能手机": 16, "老人手机": 4, "移动电源": 12, "充电器": 8, "数据线": 8, "手机壳": 16,
    "耳机": 20, "笔记本电脑": 10, "键盘": 12, "鼠标": 6, "电饭煲": 10, "空气炸锅": 8, "电热水壶": 4,
    "四件套": 8, "枕头": 6, "台灯": 4, "小夜灯": 4, "保温杯": 10, "马克杯": 6, "儿童羽绒服": 6, "奶瓶": 8,
    "纸尿裤": 6, "婴儿推车": 6, "积木": 6, "绿茶": 8, "红茶乌龙": 8, "坚果炒货": 10, "咖啡": 6, "水果": 6,
    "白酒": 4, "自行车": 6, "帐篷": 6, "冲锋衣": 8, "笔记本": 8, "中性笔": 4,
}  # fmt: skip

# What real catalogs contain and the sample shop does not.
_UNUSUAL_PRODUCTS = (
    Product("X/001", "礼物🎁盲盒 随机发货", category=("礼品",), sales=5),
    Product(
        "X 002",
        '<script>alert(1)</script>马克杯 & "杯垫"',
        category=("家居家纺", "餐厨", "马克杯"),
        price_fen=1990,
    ),
    Product(
        "X003", "二手 iPhone 15 Pro 256G 原装 无锁", brand="Apple/苹果", price_fen=459900, stock=1, sales=3
    ),
    Product(
        "X004", "連衣裙 台版 繁體標題 雪紡長裙", category=("女装", "裙装", "连衣裙"), price_fen=25900, stock=0
    ),
    Product(
        "X005",
        "手工编织竹篮",
        subtitle="非遗传承",
        description="竹编，手工，可放水果。",
        price_fen=6800,
        stock=9,
    ),
    Product(
        "X006",
        "ｐｏｌｏ衫　全角标题　男",
        category=("男装", "上装", "T恤"),
        price_fen=7900,
        attributes={"颜色": ("黑白",)},
    ),
    Product(
        "商品-007",
        "ANKER 65W GaN charger USB-C fast charging",
        brand="ANKER",
        price_fen=16900,
        stock=20,
        sales=88,
    ),
    Product(
        "X008",
        "红色连衣裙 已下架",
        category=("女装", "裙装", "连衣裙"),
        price_fen=100,
        status="off",
        sales=9999,
    ),
    Product("X009", "连衣裙", category=("女装", "裙装", "连衣裙"), stock=3),
    Product(
        "X010",
        "定制刻字钢笔 不支持退换",
        brand="<b>窑</b>",
        category=("文具办公", "书写工具"),
        price_fen=0,
        stock=2,
    ),
)

DICTIONARIES = {
    "synonyms.txt": "# 店里的说法\n小夜灯, 起夜灯\n行动电源 => 移动电源\n暖壶 => 保温杯\n",
    "entities.txt": "brand: 凌讯, 洛薇言\nproduct: 盲盒\nnone: 礼物\n",
}
RECIPE_CHANGES = {"lexical_weight": 0.55, "type_weight": 0.05}
"""How the shop's own version of the ranking recipe differs from the one that ships."""

# Visits: user, session, days ago, hour, query, category, the positions in the category of the products that
# were viewed, and the action on the last of these.
_VISITS = (
    ("mei", "mei-phone-0123456789", 40, 20, "连衣裙", "连衣裙", (0, 3, 5, 8), "favorite"),
    ("mei", "mei-phone-0123456789", 32, 21, "红色连衣裙", "连衣裙", (2, 6, 11), "purchase"),
    ("mei", "mei-phone-0123456789", 20, 22, "高跟鞋", "高跟鞋", (0, 1, 4, 7), "add_to_cart"),
    ("mei", "mei-desk-9876543210ab", 9, 12, "口红", "口红", (1, 2, 5), "purchase"),
    ("mei", "mei-desk-9876543210ab", 3, 13, "碎花连衣裙", "连衣裙", (2, 9, 14, 20), "add_to_cart"),
    ("mei", "mei-desk-9876543210ab", 1, 19, "", "面膜", (0, 3), "click"),
    ("gang", "gang-desk-0011223344", 70, 10, "机械键盘", "键盘", (0, 2, 3, 7), "purchase"),
    ("gang", "gang-desk-0011223344", 41, 23, "蓝牙耳机", "耳机", (1, 4, 6, 9, 12), "favorite"),
    ("gang", "gang-desk-0011223344", 15, 22, "手机", "智能手机", (0, 3, 4, 8), "click"),
    ("gang", "gang-desk-0011223344", 14, 22, "手机", "智能手机", (3, 4), "purchase"),
    ("gang", "gang-desk-0011223344", 13, 21, "手机壳", "手机壳", (0, 2, 5, 6), "purchase"),
    ("gang", "gang-desk-0011223344", 2, 23, "充电宝", "移动电源", (1, 3), "add_to_cart"),
    ("lan", "lan-phone-5566778899", 60, 9, "奶瓶", "奶瓶", (0, 2, 4), "purchase"),
    ("lan", "lan-phone-5566778899", 45, 9, "尿不湿", "纸尿裤", (0, 1, 3), "purchase"),
    ("lan", "lan-phone-5566778899", 44, 9, "婴儿推车", "婴儿推车", (1, 2, 4), "favorite"),
    ("lan", "lan-phone-5566778899", 12, 10, "纸尿裤", "纸尿裤", (1, 3), "purchase"),
    ("lan", "lan-phone-5566778899", 4, 11, "积木", "积木", (0, 1, 2), "click"),
    ("lan", "lan-phone-5566778899", 0, 1, "儿童羽绒服", "儿童羽绒服", (0, 2, 3), "add_to_cart"),
    ("wei", "wei-phone-aabbccddee", 30, 6, "跑步鞋", "跑步鞋", (0, 2, 5, 6), "purchase"),
    ("wei", "wei-phone-aabbccddee", 18, 6, "冲锋衣", "冲锋衣", (0, 1, 3, 5), "add_to_cart"),
    ("wei", "wei-phone-aabbccddee", 17, 7, "帐篷", "帐篷", (0, 2), "purchase"),
    ("wei", "wei-phone-aabbccddee", 5, 7, "保温杯", "保温杯", (1, 2, 6), "click"),
    ("wei", "wei-phone-aabbccddee", 1, 7, "自行车", "自行车", (0, 3), "favorite"),
    ("tea", "tea-desk-102030405060", 80, 15, "绿茶", "绿茶", (0, 1, 2, 5), "purchase"),
    ("tea", "tea-desk-102030405060", 26, 15, "红茶", "红茶乌龙", (0, 3), "purchase"),
    ("tea", "tea-desk-102030405060", 6, 16, "坚果", "坚果炒货", (1, 2, 4), "purchase"),
    ("tea", "tea-desk-102030405060", 6, 17, "咖啡", "咖啡", (0, 3), "click"),
    ("opted-out", "out-phone-000111222333", 8, 12, "羽绒服", "羽绒服", (0, 1, 2), "purchase"),
    ("", "nobody-1-abcdefabcdef", 2, 18, "羽绒服", "羽绒服", (3, 5, 7, 9), "click"),
    ("", "nobody-1-abcdefabcdef", 2, 19, "羽绒服女", "羽绒服", (5, 9), "add_to_cart"),
    ("", "nobody-2-fedcbafedcba", 0, 2, "笔记本", "笔记本", (0, 2, 4), "click"),
    ("", "nobody-3-121212121212", 11, 14, "耳机", "耳机", (0, 4, 9), "purchase"),
    ("", "nobody-4-343434343434", 10, 14, "手机", "智能手机", (3, 8), "click"),
    ("", "nobody-4-343434343434", 10, 15, "手机壳", "手机壳", (0, 5), "purchase"),
    ("", "nobody-5-565656565656", 7, 8, "坚果", "坚果炒货", (0, 1, 4), "purchase"),
    ("", "nobody-5-565656565656", 7, 9, "红茶", "红茶乌龙", (0, 2), "purchase"),
    ("", "nobody-6-787878787878", 3, 20, "高跟鞋", "高跟鞋", (1, 4), "click"),
    ("", "nobody-6-787878787878", 3, 21, "连衣裙", "连衣裙", (2, 9, 12), "purchase"),
    ("", "nobody-7-909090909090", 1, 5, "四件套", "四件套", (0, 2), "purchase"),
    ("", "nobody-7-909090909090", 1, 6, "枕头", "枕头", (0, 1), "purchase"),
    ("", "nobody-8-010101010101", 130, 11, "电饭煲", "电饭煲", (0, 1, 3), "purchase"),
    ("", "nobody-9-111111111111", 9, 20, "手机", "智能手机", (2, 8), "purchase"),
    ("", "nobody-9-111111111111", 9, 21, "手机壳", "手机壳", (1, 5), "purchase"),
    ("", "nobody-10-22222222222", 8, 10, "智能手机", "智能手机", (8,), "purchase"),
    ("", "nobody-10-22222222222", 8, 11, "透明手机壳", "手机壳", (5,), "purchase"),
    ("", "nobody-11-33333333333", 5, 17, "手机", "智能手机", (4, 8), "purchase"),
    ("", "nobody-11-33333333333", 5, 18, "手机壳", "手机壳", (3, 5), "purchase"),
    ("", "nobody-12-44444444444", 6, 12, "每日坚果", "坚果炒货", (4,), "purchase"),
    ("", "nobody-12-44444444444", 6, 13, "红茶", "红茶乌龙", (2,), "purchase"),
    ("", "nobody-13-55555555555", 4, 12, "坚果", "坚果炒货", (0, 4), "purchase"),
    ("", "nobody-13-55555555555", 4, 13, "红茶", "红茶乌龙", (2,), "purchase"),
)  # fmt: skip


def write_sources(folder: Path) -> None:
    """Write `catalog.jsonl`, `queries.tsv` and `events.jsonl` into a new folder."""
    folder.mkdir(parents=True)
    products = _choose_products()
    _write_lines(folder / "catalog.jsonl", map(_catalog_row, products))
    shutil.copy(_QUERIES, folder)
    _write_lines(folder / "events.jsonl", _events(products))


def shelf_rules(folder: Path) -> str:
    """Return a merchant's rules for the shelves, on products of the catalog in the folder."""
    rows = map(json.loads, (folder / "catalog.jsonl").read_text("utf-8").splitlines())
    product_ids: dict[str, list[str]] = {}
    for row in rows:
        product_ids.setdefault(row.get("category", "").split(">")[-1], []).append(row["product_id"])
    cup, phone, case = product_ids["保温杯"][0], product_ids["智能手机"][0], product_ids["手机壳"][1]
    return f"exclude {product_ids['面膜'][1]}\npin {cup} => trending\npin {case} => together of {phone}\n"


def _choose_products() -> list[Product]:
    chosen: list[Product] = []
    for category, products in groupby(sample_products(), lambda product: product.category):
        wanted, taken = _PRODUCT_COUNTS.get(category[-1], 0), 0
        for _, group in groupby(products, lambda product: product.group_id or product.product_id):
            if taken >= wanted:
                break
            variants = list(group)
            chosen += variants
            taken += len(variants)
    return [*chosen, *_UNUSUAL_PRODUCTS]


def _catalog_row(product: Product) -> dict[str, object]:
    row = product_to_json(product)
    return {name: value for name, value in row.items() if name not in ("price_fen", "list_price_fen")}


def _events(products: list[Product]) -> Iterator[dict[str, object]]:
    product_ids: dict[str, list[str]] = {}
    for product in products:
        leaf = product.category[-1] if product.category else ""
        product_ids.setdefault(leaf, []).append(product.product_id)
    number = 0
    for user, session, days, hour, query, category, positions, last_action in _VISITS:
        at = BUILT_AT.replace(hour=0) - timedelta(days=days) + timedelta(hours=hour)
        actions = [("click", position) for position in positions]
        if last_action != "click":
            actions.append((last_action, positions[-1]))
        actions.insert(1, ("impression", positions[-1] + 1))
        for action, position in actions:
            number += 1
            # No two at the same time: their order would be undefined.
            at += timedelta(seconds=37)
            yield {
                "event_id": f"event-{number}",
                "action_name": action,
                "timestamp": (at + timedelta(milliseconds=number)).isoformat(),
                "session_id": session,
                **({"user_id": user} if user else {}),
                **({"user_query": query} if query else {}),
                "event_attributes": {
                    "object": {"object_id": product_ids[category][position]},
                    "position": {"ordinal": position + 1},
                    **(
                        {"quantity": 1, "order_id": f"order-{session}-{days}"} if action == "purchase" else {}
                    ),
                },
            }


def _write_lines(path: Path, rows: Iterator[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
