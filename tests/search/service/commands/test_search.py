"""`shangsou search` in the terminal."""

import json

import pytest
from click.testing import CliRunner, Result

from shangsou.product import Product
from shangsou.search.lack import Lack
from shangsou.search.response import RelatedHit, SearchHit, SearchResponse
from shangsou.search.service import searcher
from shangsou.search.service.commands.search import search
from shangsou.search.understood import Understood

GRAIN = Product("grain", "黄小米 1kg", brand="粮满川", price_fen=450)
GLASSES = Product("glasses", "偏光太阳镜", brand="光影客", price_fen=6990)


def near(*lacks: Lack) -> tuple[RelatedHit, ...]:
    return (RelatedHit(SearchHit(GRAIN, 0.5, {}), lacks),)


def run(
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    hits: tuple[SearchHit, ...] = (),
    related: tuple[RelatedHit, ...] = (),
) -> Result:
    """Return what the command prints of a search that found this."""
    response = SearchResponse(
        query_id="q1",
        total=len(hits),
        hits=hits,
        related=related,
        facets={},
        understood=Understood("狗粮", "狗粮", ("狗", "粮"), ()),
        applied={},
        degraded=(),
        took_ms=1.5,
    )

    class Finds:
        def search(self, _request: object) -> SearchResponse:
            return response

        def close(self) -> None:
            pass

    monkeypatch.setattr(searcher, "open_searcher", lambda _settings: Finds())
    return CliRunner().invoke(search, ["狗粮", *arguments])


def test_what_only_comes_near_is_listed_apart_with_what_it_is_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = run(monkeypatch, related=near(Lack("product_type", "狗粮", "杂粮")))
    heading, nothing, title, line = printed.stdout.splitlines()
    assert heading == "0 found in 1.5 ms  [狗 粮]"
    assert nothing == "Nothing found. Try fewer words or another spelling."
    assert title == "Related:"
    assert line.split() == ["0.500", "¥4.50", "粮满川", "黄小米", "1kg", "杂粮,", "not", "狗粮"]


@pytest.mark.parametrize(
    ("lack", "ending"),
    [
        (Lack("product_type", "狗粮", None), "1kg  not 狗粮"),
        (Lack("words", "狗粮", None), "1kg"),
        (Lack("words", "狗粮", "杂粮"), "1kg  杂粮, not 狗粮"),
    ],
    ids=["another type", "nothing known", "another thing"],
)
def test_of_a_related_product_only_what_is_known_is_printed(
    monkeypatch: pytest.MonkeyPatch, lack: Lack, ending: str
) -> None:
    line = run(monkeypatch, related=near(lack)).stdout.splitlines()[-1]
    assert "  ".join(part.strip() for part in line.split("  ") if part.strip()).endswith(ending)


def test_matches_come_first_and_alone_have_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (SearchHit(GLASSES, 0.9, {}),)
    lines = run(monkeypatch, hits=found, related=near(Lack("words", "狗粮", None))).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["1", "Related:", "0.500"]


def test_a_match_by_a_synonym_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    line = run(monkeypatch, hits=(SearchHit(GLASSES, 0.9, {}, reached_by="太阳镜"),)).stdout.splitlines()[-1]
    assert line.split()[-2:] == ["synonym", "太阳镜"]


def test_where_nothing_comes_near_there_is_no_part_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(monkeypatch).stdout
    assert printed.endswith("Nothing found. Try fewer words or another spelling.\n")
    assert "Related" not in printed


def test_json_holds_what_comes_near_as_the_api_does(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = json.loads(run(monkeypatch, "--json", related=near(Lack("words", "狗粮", "杂粮"))).stdout)
    (related,) = printed["related"]
    assert related["product_id"] == "grain"
    assert related["lacks"] == [{"kind": "words", "asked": "狗粮", "says": "杂粮"}]
