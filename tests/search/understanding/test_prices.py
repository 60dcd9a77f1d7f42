"""Prices in queries, with and without a unit, and numbers that are none."""

import pytest

from shangsou.engines.query import Filters
from shangsou.search.understanding.constraints import parse_constraints


@pytest.mark.parametrize(
    ("query", "text", "low_yuan", "high_yuan"),
    [
        ("100元以下的连衣裙", "连衣裙", None, 100),
        ("连衣裙 100块以内", "连衣裙", None, 100),
        ("不超过１００元的水杯", "水杯", None, 100),
        ("百元以下蓝牙耳机", "蓝牙耳机", None, 100),
        ("價格在200元以內的連衣裙", "連衣裙", None, 200),
        ("100以下的裙子", "裙子", None, 100),
        ("手机 预算2000以内", "手机", None, 2000),
        ("500元以上 羽绒服", "羽绒服", 500, None),
        ("至少500元的羽绒服", "羽绒服", 500, None),
        ("连衣裙 300到500元", "连衣裙", 300, 500),
        ("300-500块 手机", "手机", 300, 500),
        ("五百到一千元 羽绒服", "羽绒服", 500, 1000),
        # The unit is that of both numbers.
        ("2到3万元的钢琴", "钢琴", 20_000, 30_000),
        ("500到1万元 手表", "手表", 500, 10_000),
        # A fifth to either side.
        ("200元左右的双肩包", "双肩包", 160, 240),
        ("3元以上 5元以下 糖", "糖", 3, 5),
        ("128g 5000元以下 手机", "128g 手机", None, 5000),
        ("100元以下", "", None, 100),
        # Without a unit: before, behind and around what is looked for.
        ("1500以下平板", "平板", None, 1500),
        ("平板1500以下", "平板", None, 1500),
        ("平板 大于1500", "平板", 1500, None),
        ("平板2500以上", "平板", 2500, None),
        ("四千以上平板", "平板", 4000, None),
        ("不超过八百的耳机", "耳机", None, 800),
        ("六千左右平板", "平板", 4800, 7200),
        ("耳机 800上下", "耳机", 640, 960),
        ("耳机 200-400", "耳机", 200, 400),
        ("2000-4000的平板", "平板", 2000, 4000),
        ("平板2000-4000", "平板", 2000, 4000),
        ("耳机200到400", "耳机", 200, 400),
        ("ipad 4000以内", "ipad", None, 4000),
        # With the sign, a suffix, or thousands apart.
        ("机械键盘 <300", "机械键盘", None, 300),
        ("机械键盘 ≤ 300元", "机械键盘", None, 300),
        ("电视>=3000", "电视", 3000, None),
        ("headphones under 300", "headphones", None, 300),
        ("tv over 3000", "tv", 3000, None),
        ("￥800以内 耳机", "耳机", None, 800),
        ("耳机 ¥200-¥400", "耳机", 200, 400),
        ("3k以内 平板", "平板", None, 3000),
        ("2.5k以下的平板", "平板", None, 2500),
        ("2-3k平板", "平板", 2000, 3000),
        ("手表 5w以内", "手表", None, 50_000),
        ("手表 1,500元以下", "手表", None, 1500),
        # From what is written to the next that could be.
        ("2000多的平板", "平板", 2000, 3000),
        ("1500多块的平板", "平板", 1500, 1600),
        ("四百多 耳机", "耳机", 400, 500),
        ("二十多块钱的袜子", "袜子", 20, 30),
        ("三四百的耳机", "耳机", 300, 400),
        ("十几块的袜子", "袜子", 10, 20),
        ("几百块的耳机", "耳机", 100, 1000),
        # Words for prices.
        ("平板 预算4000", "平板", None, 4000),
        ("平板 4000预算", "平板", None, 4000),
        ("平板 价位2000左右", "平板", 1600, 2400),
        ("大概2000左右的平板", "平板", 1600, 2400),
    ],
)
def test_prices_in_words_are_limits(query: str, text: str, low_yuan: int | None, high_yuan: int | None):
    read = parse_constraints(query)
    low, high = (None if yuan is None else 100 * yuan for yuan in (low_yuan, high_yuan))
    assert read.text == text
    assert read.filters == Filters(price_from_fen=low, price_to_fen=high)


@pytest.mark.parametrize(
    "query",
    [
        "连衣裙",
        "100元京东卡",  # what it is worth, not what it costs
        # What is measured or counted.
        "身高160以下 童装",
        "身高 150以上",
        "童装 110-160",
        "3岁以下 玩具",
        "60岁以上 羽绒服",
        "奶粉 1-3岁",
        "500ml以下 水杯",
        "充电宝 10000-20000毫安",
        "42码以上 凉鞋",
        "凉鞋 45以内",
        "14寸以上 行李箱",
        "大码 180斤以内",
        "1000片拼图",
        "1000多片拼图",
        "宽120以内 书桌",
        "20w以内 充电器",
        "4k以上显示器",
        "-10度 手套",
        "7天内 发货",
        # What is numbered.
        "iphone 12-13 手机壳",
        "iphone 14以下 手机壳",
        "gtx 1660以上 显卡",
        "2021-2023 挂历",
        "地砖300-600",
        "70-200镜头",
        "ab100-200",
        "小米13",
        "usb-c 数据线",
        # What only looks like it.
        "100以内加减法",
        "上下床 1200上下铺",
        "三元锂电池",
        "2.1多媒体音箱",
        "500元到100元 鞋",  # the wrong way round
        "9999999999元以下 表",
        "-次性床罩",
        "",
        " ",
    ],
)
def test_other_numbers_stay_words(query: str):
    read = parse_constraints(query)
    assert (read.text, read.filters, read.constraints) == (query, Filters(), ())
