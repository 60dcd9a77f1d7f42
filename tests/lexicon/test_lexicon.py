"""Lexicons on disk, of generations and of known queries."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.engines.engine import Generation
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import DamagedLexicon
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import CatalogPhrases, KnownQueries, Phrase
from shangsou.manifest import write_manifest
from shangsou.settings import Settings

RECIPE = IndexRecipe("hash-encoder", "0123456789abcdef", 64, "float32")
PHRASES = CatalogPhrases([Phrase("手机", "手机", 2)], [Phrase("甲", "甲", 1)], [])


def generation(number: int, created_at: str = "2026-11-24T00:00:00+00:00") -> Generation:
    return Generation(f"gen-{number}", created_at, 2, RECIPE, "test")


@pytest.fixture
def lexicons(tmp_path: Path) -> LexiconStore:
    return LexiconStore(Settings(home=tmp_path))


def known(*texts: str) -> KnownQueries:
    return KnownQueries([Phrase(text, text, 1) for text in texts], list(texts))


def test_a_catalog_s_phrases_are_read_back(lexicons: LexiconStore):
    lexicons.write_catalog(generation(1), PHRASES, [])
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert [len(lexicon.words), len(lexicon.brands), len(lexicon.categories)] == [1, 1, 0]
    assert (lexicon.queries, lexicon.popular) == (None, ())
    assert list(lexicon.sounds["裙"]) == ["qun"]


def test_there_is_none_for_a_generation_that_was_built_without(lexicons: LexiconStore):
    assert lexicons.open(generation(1)) is None


def test_that_of_another_generation_of_the_same_name_is_not_taken(lexicons: LexiconStore):
    lexicons.write_catalog(generation(1), PHRASES, [])
    assert lexicons.open(generation(1, "2026-11-25T00:00:00+00:00")) is None


def test_only_those_of_kept_generations_stay(lexicons: LexiconStore):
    for number in (1, 2, 3):
        lexicons.write_catalog(generation(number), PHRASES, [generation(2)])
    assert [lexicons.open(generation(number)) is not None for number in (1, 2, 3)] == [False, True, True]


def test_known_queries_are_replaced_as_a_whole(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    assert lexicons.current_queries() == ""
    lexicons.write_queries(known("雨伞", "雨衣"))
    first = lexicons.current_queries()
    lexicons.write_queries(known("帽子"))
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert lexicon.queries is not None
    assert (len(lexicon.queries), lexicon.popular) == (1, ("帽子",))
    assert lexicons.current_queries() != first
    assert [path.name for path in (tmp_path / "lexicon").glob("queries-*")] == [lexicons.current_queries()]


def test_known_queries_are_found_by_what_is_a_character_away(lexicons: LexiconStore):
    lexicons.write_catalog(generation(1), PHRASES, [])
    phrases = [Phrase(text, text, times) for text, times in (("红 雨伞", 1), ("蓝雨伞", 3), ("帽子", 2))]
    lexicons.write_queries(KnownQueries(phrases, []))
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert lexicon.queries is not None
    assert lexicon.query_neighbours is not None
    near = [lexicon.queries.phrase(row).normalized for row in lexicon.query_neighbours.rows("黄雨伞")]
    assert near == ["蓝雨伞", "红 雨伞"]  # the commonest first, spaces left out


def test_known_queries_of_another_format_are_ignored_and_reported(
    lexicons: LexiconStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    lexicons.write_catalog(generation(1), PHRASES, [])
    lexicons.write_queries(known("雨伞"))
    stamp = tmp_path / "lexicon" / lexicons.current_queries() / "lexicon.json"
    stamp.write_text('{"format": 2}')
    write_manifest(stamp.parent)
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert (lexicon.queries, lexicon.query_neighbours) == (None, None)
    assert 'run "shangsou queries import" again' in caplog.text


def test_what_a_killed_process_left_is_no_lexicon(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    half = tmp_path / "lexicon" / "embedded" / "building-half"
    half.mkdir()
    (half / "words.texts").write_bytes(b"half")
    lexicons.write_catalog(generation(2), PHRASES, [generation(1)])
    assert lexicons.open(generation(2)) is not None
    assert not half.exists()


def test_what_another_process_is_building_is_left_alone(lexicons: LexiconStore):
    with lexicons.begin() as building:
        lexicons.write_catalog(generation(1), PHRASES, [])
        assert building.exists()
    assert not building.exists()


def test_a_damaged_lexicon_is_refused_by_name(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    words = tmp_path / "lexicon" / "embedded" / "gen-1" / "words.texts"
    words.write_bytes(words.read_bytes()[:-1])
    with pytest.raises(DamagedLexicon, match=r"gen-1 is damaged.* words\.texts has 12 bytes instead of 13"):
        lexicons.open(generation(1))
    assert lexicons.verify(generation(1)) == "words.texts has 12 bytes instead of 13"


def test_damaged_queries_are_left_out_with_the_command_to_run(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    lexicons.write_queries(known("雨伞"))
    (tmp_path / "lexicon" / lexicons.current_queries() / "popular.json").write_text('["雨衣"]', "utf-8")
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert lexicon.queries is None
    assert 'popular.json holds other bytes; run "shangsou queries import" again' in str(
        lexicons.queries_problem
    )
    assert lexicons.verify_queries() == "popular.json holds other bytes"
    lexicons.write_queries(known("雨伞"))
    lexicon = lexicons.open(generation(1))
    assert lexicon is not None
    assert lexicon.queries is not None
    assert lexicons.queries_problem is None


def test_known_queries_that_are_gone_are_reported(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    (tmp_path / "lexicon" / "QUERIES").write_text("queries-1")
    assert lexicons.open(generation(1)) is not None
    assert "queries-1 is damaged, and searches go on without it: it is missing" in str(
        lexicons.queries_problem
    )


@pytest.mark.parametrize("content", [b"", b"\0\0", b"null", b'{"format": 6, "generation": "gen-2"}'])
def test_a_damaged_description_of_a_lexicon_is_no_lexicon_of_elsewhere(
    lexicons: LexiconStore, tmp_path: Path, content: bytes
):
    lexicons.write_catalog(generation(1), PHRASES, [])
    (tmp_path / "lexicon" / "embedded" / "gen-1" / "lexicon.json").write_bytes(content)
    with pytest.raises(DamagedLexicon, match=r"lexicon\.json has "):
        lexicons.open(generation(1))


def test_a_lexicon_of_a_version_without_manifests_is_no_damaged_one(lexicons: LexiconStore, tmp_path: Path):
    lexicons.write_catalog(generation(1), PHRASES, [])
    folder = tmp_path / "lexicon" / "embedded" / "gen-1"
    (folder / "MANIFEST").unlink()
    (folder / "lexicon.json").write_text('{"format": 1}')
    assert lexicons.open(generation(1)) is None


@pytest.mark.parametrize("content", [b"\0" * 20, b"\xff", b"gen-1", b"queries-1/.."])
def test_a_file_of_other_bytes_names_no_known_queries(lexicons: LexiconStore, tmp_path: Path, content: bytes):
    lexicons.write_queries(known("雨伞"))
    assert lexicons.verify_current_queries() == ""
    (tmp_path / "lexicon" / "QUERIES").write_bytes(content)
    assert lexicons.current_queries() == ""
    assert lexicons.verify_current_queries() == "it names no known queries"


@pytest.mark.elastic
def test_two_indices_in_elasticsearch_have_lexicons_of_their_own(
    tmp_path: Path, elastic_url: str, elastic_name: Callable[[], str]
):
    shop, shop_b = (
        LexiconStore(
            Settings(home=tmp_path, engine="elastic", elastic_url=elastic_url, elastic_index=elastic_name())
        )
        for _ in range(2)
    )
    shop_b.write_catalog(generation(1), PHRASES, [])
    assert shop.open(generation(1)) is None
    shop.write_catalog(generation(5), PHRASES, [])
    assert shop_b.open(generation(1)) is not None
