"""`shangsou suite`."""

import json
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from indexer.build import index_products
from relevance.commands.suite import suite
from relevance.errors import SuiteFailed
from shangsou.engines.stores import open_store
from shangsou.errors import UnusableInput
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.ranking.recipe import shipped_ranking
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.relevance import WrittenSearcher

PASSING = (
    "name: 店\ncases:\n  - {query: 手机, find: phone}\n  - {query: 裙, find: dress, known_failure: 缺货}\n"
)


@pytest.fixture
def searcher(monkeypatch):
    written = WrittenSearcher({"手机": ["phone", "case"]})
    monkeypatch.setattr("shangsou.search.service.searcher.open_searcher", lambda _settings: written)
    return written


@pytest.fixture
def run(tmp_path, searcher):
    def run_command(text, *options):
        (tmp_path / "shop.yaml").write_text(text, "utf-8")
        return CliRunner().invoke(suite, [str(tmp_path / "shop.yaml"), *options])

    return run_command


def test_a_suite_passes_with_its_known_failures(run, searcher):
    result = run(PASSING)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "2 cases: 1 passed, 1 known failure"
    assert searcher.closed


def test_a_case_that_fails_fails_the_suite_after_the_report(run):
    result = run("name: 店\ncases:\n  - {query: 手机, avoid: case}\n", "--json")
    assert isinstance(result.exception, SuiteFailed)
    assert str(result.exception) == "1 of 1 case fails"
    plain = json.loads(result.stdout)
    assert (plain["cases"], plain["failing"], plain["failed"]) == (1, 1, 1)
    [case] = plain["suites"][0]["cases"]
    assert case["problems"] == ["case 商品 case (at 2) among the first 10, where none should be: id: case"]
    assert [hit["product_id"] for hit in case["top"]] == ["phone", "case"]


def test_a_known_failure_that_passes_fails_the_suite(run):
    result = run("name: 店\ncases:\n  - {query: 手机, find: phone, known_failure: 缺货}\n")
    assert isinstance(result.exception, SuiteFailed)
    assert "take out its known_failure: 缺货" in result.stdout


def test_two_suites_of_one_name_are_kept_apart(tmp_path, searcher):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(PASSING, "utf-8")
    result = CliRunner().invoke(suite, [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--json"])
    assert [len(one["cases"]) for one in json.loads(result.stdout)["suites"]] == [2, 2]


def test_reports_hold_every_case_and_nothing_unescaped(run, tmp_path):
    nasty = "<script>alert(1)</script>|`x`"
    result = run(
        f"name: '<b>店'\ncases:\n  - {{query: '{nasty}', find: phone}}\n",
        *("--html", str(tmp_path / "r.html"), "--junit", str(tmp_path / "r.xml")),
        *("--markdown", str(tmp_path / "r.md")),
    )
    assert isinstance(result.exception, SuiteFailed)
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;|`x`" in page
    [case] = ET.parse(tmp_path / "r.xml").getroot().iter("testcase")
    assert (case.get("name"), case.find("failure").text) == (
        nasty,
        "0 of the first 10 fit, 1 should: id: phone",
    )
    assert "`<script>alert(1)</script>｜ˋxˋ`" in (tmp_path / "r.md").read_text("utf-8")


def test_a_report_whose_folder_is_missing_is_refused_before_searching(run, searcher, tmp_path):
    result = run(PASSING, "--html", str(tmp_path / "none" / "r.html"))
    assert "its folder does not exist" in str(result.exception)
    assert searcher.requests == []


UNKNOWN = """name: 店
cases:
  - {query: 手机, find: [phone, gone], first: {brand: 科洵}, avoid: {category: 手机売}}
  - {query: 壳, find: {attributes: {颜色: 赤}}, filters: {brand: 科讯, category: 配件>手机壳}}
"""


@pytest.fixture
def phone_shop(tmp_path, monkeypatch):
    """A real index of a shop of phones."""
    home = tmp_path / "home"
    settings = Settings(home=home, model="hash-encoder")
    products = [
        Product("phone", "新款手机", brand="科洵", category=("手机",), attributes={"颜色": ("红色",)}),
        Product("case", "透明手机壳", brand="科洵", category=("配件", "手机壳")),
    ]
    index_products(
        products,
        store=open_store(settings),
        encoder=HashEncoder(),
        source="test",
        lexicons=LexiconStore(settings),
    )
    monkeypatch.setattr("shangsou.search.service.live_index.open_encoder", lambda *_, **__: HashEncoder())
    monkeypatch.setenv("SHANGSOU_HOME", str(home))
    monkeypatch.setenv("SHANGSOU_MODEL", "hash-encoder")
    return tmp_path


def test_values_that_the_index_does_not_hold_are_refused_with_what_may_be_meant(phone_shop):
    path = phone_shop / "shop.yaml"
    path.write_text(UNKNOWN, "utf-8")
    refused = CliRunner().invoke(suite, [str(path)])
    assert isinstance(refused.exception, UnusableInput)
    lines = str(refused.exception).splitlines()
    assert sorted(lines[:-1]) == [
        f"{path}: case 1 (手机): category '手机売' is not in the index; did you mean '手机' or '手机壳'?",
        f"{path}: case 1 (手机): id 'gone' is not in the index",
        f"{path}: case 2 (壳): attributes.颜色 '赤' is not in the index",
        f"{path}: case 2 (壳): brand '科讯' is not in the index; did you mean '科洵'?",
    ]
    assert "--allow-unknown" in lines[-1]
    assert isinstance(CliRunner().invoke(suite, [str(path), "--allow-unknown"]).exception, SuiteFailed)


def test_a_generation_that_is_not_there_is_refused_with_those_that_are(phone_shop):
    path = phone_shop / "shop.yaml"
    path.write_text(PASSING, "utf-8")
    refused = CliRunner().invoke(suite, [str(path), "--generation", "gen-99"])
    assert isinstance(refused.exception, UnusableInput)
    assert str(refused.exception) == "there is no generation 'gen-99'; there are gen-1"


def test_cases_are_chosen_by_tag_and_text(run):
    text = (
        "name: 店\ncases:\n  - {query: 手机, find: phone, tags: head}\n  - {query: 手机壳, find: nothing}\n"
    )
    assert run(text, "--tag", "head").exit_code == 0
    assert run(text, "--case", "壳").exit_code == 1
    assert isinstance(run(text, "--tag", "none").exception, UnusableInput)


def test_a_suite_is_run_with_another_recipe(run, searcher, tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    (tmp_path / "mine.json").write_bytes(
        shipped_ranking().replace(b'"lexical_weight": 0.6', b'"lexical_weight": 0.5')
    )
    # A ranking of one's own finds the reverse.
    text = "name: 店\ncases:\n  - {query: 手机, first: case}\n"
    assert run(text).exit_code == 1
    assert run(text, "--recipe", str(tmp_path / "mine.json")).exit_code == 0
    assert searcher.rankings[-1].lexical_weight == 0.5
