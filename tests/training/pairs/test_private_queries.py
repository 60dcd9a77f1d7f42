"""Queries that look like data of a person, and those of things that look a little like them."""

import gzip
from pathlib import Path

import pytest

from shangsou.text.normalize import normalize
from training.pairs.private_queries import looks_private

QUERIES = Path(__file__).parents[3] / "../shared/data/queries.tsv.gz"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("13800138000", id="a phone"),
        pytest.param("帮我查138 0013 8000欠多少", id="a phone in groups"),
        pytest.param("010-62345678", id="a phone with an area code"),
        pytest.param("幺三八零零幺三八零零零", id="a phone read out"),
        pytest.param("11010119900307851x", id="an identity card"),
        pytest.param("110101 19900307 8515", id="an identity card in groups"),
        pytest.param("6222 0212 3456 7890", id="a bank card in groups"),
        pytest.param("sf1234567890123", id="a parcel"),
        pytest.param("订单号:a20261", id="an order"),
        pytest.param("微信zhang88661", id="a name in a messenger"),
        pytest.param("me@example.com", id="a mail address"),
        pytest.param("重庆市合川区沙坪大道8号104", id="a house in a street"),
        pytest.param("中山路一百二十号", id="a house in words"),
        pytest.param("化纤厂18号楼1单元4号", id="a flat"),
        pytest.param("科技园创业大厦1203室", id="a room"),
        pytest.param("成都市武侯区金履四路", id="a street of a district"),
        pytest.param("138001380００", id="full width"),
    ],
)
def test_numbers_and_addresses_of_people_are_private(query: str) -> None:
    assert looks_private(normalize(query))


@pytest.mark.parametrize(
    "query",
    [
        "iphone15pro",
        "20000mah",
        "hx6857/20",
        "60x120x200",
        "175/70r14",
        "180-50-18-8-350n",
        "1000 2000 3000毫升",
        "标致308 408 508雪铁龙机油",
        "北京市朝阳区档案盒",
        "甘肃省高台县辣椒",
        "5号电池",
        "马路5号电池",
        "三年级第3单元试卷",
        "h919室内健身车",
        "手机号定位",
        "qq飞车",
        "电话手表z7",
        "st4000vx007",
        "别墅一二三四五六七八层电梯",
        "2023-2024 秋冬",
    ],
)
def test_models_sizes_and_places_of_origin_are_not_private(query: str) -> None:
    assert not looks_private(normalize(query))


@pytest.mark.skipif(not QUERIES.exists(), reason="../shared/data/queries.tsv.gz is not here")
def test_fewer_than_one_in_a_thousand_real_queries_is_private() -> None:
    with gzip.open(QUERIES, "rt", encoding="utf-8") as lines:
        queries = [normalize(line) for line in list(lines)[1::10]]
    private = [query for query in queries if looks_private(query)]
    assert 0 < len(private) < len(queries) / 1_000
