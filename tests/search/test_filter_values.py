"""Filter values, as the program and the HTTP API take them."""

import sys

import pytest

from shangsou import cli
from shangsou.engines.query import Filters
from shangsou.search.filter_values import parse_category_path, parse_price_limits
from shangsou.search.request import SearchRequest
from shangsou.search.service import searcher


class Asked(Exception):
    """The search that would have been made."""


class AskedSearcher:
    def search(self, request: SearchRequest) -> None:
        raise Asked(request)

    def close(self) -> None:
        pass


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(searcher, "open_searcher", lambda _: AskedSearcher())
    monkeypatch.setattr(sys, "argv", ["shangsou", "search", "裙", *arguments])
    cli.main()


def test_a_limit_between_two_fen_moves_inwards():
    assert parse_price_limits(19.991, 25.009) == (2000, 2500)
    # 19.9 x 100 is 1989.9999999999998 in binary
    assert parse_price_limits(19.9, 19.9) == (1990, 1990)
    assert parse_price_limits(None, None) == (None, None)


def test_spaces_around_the_levels_of_a_path_do_not_count_and_no_level_is_empty():
    assert parse_category_path(" 女装 > 连衣裙 ") == ("女装", "连衣裙")
    with pytest.raises(ValueError, match="'女装>' has an empty level"):
        parse_category_path("女装>")


def test_the_program_asks_for_the_same_fen_and_levels_as_the_api(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Asked) as asked:
        run(monkeypatch, "--category", "女装 > 连衣裙", "--price-gte", "19.991", "--price-lte", "25.009")
    assert asked.value.args[0].filters == Filters(
        categories=(("女装", "连衣裙"),), price_from_fen=2000, price_to_fen=2500
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--price-lte", "inf"),
        ("--price-lte", "nan"),
        ("--price-gte", "1e400"),
        ("--price-gte", "-1"),
        ("--category", "女装>"),
    ],
)
def test_a_limit_that_is_none_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, value: str
):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, option, value)
    assert ended.value.code == 2
    assert option in capsys.readouterr().err
