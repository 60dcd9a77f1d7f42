"""A searcher follows the index while it serves."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.build import index_products
from shangsou.behaviour.event import Event
from shangsou.behaviour.stores import open_event_store
from shangsou.degradation import Degradation
from shangsou.encoding.product_texts import title_text
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.engine import Document
from shangsou.engines.recipe import IndexRecipe
from shangsou.errors import NoIndex, RecipeMismatch, WeightsUnavailable
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.lexicon.phrases import KnownQueries, Phrase
from shangsou.product import Product
from shangsou.search.ranking.recipe import default_ranking
from shangsou.search.request import SearchRequest
from shangsou.search.service import live_index
from shangsou.search.service import searcher as searcher_module
from shangsou.search.service.searcher import Searcher, open_searcher
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import DIMENSIONS, HashEncoder

RECIPE = IndexRecipe("hash-encoder", HashEncoder.stamp.model_hash, DIMENSIONS, "float32")
# Switches and recipes are to be live within two seconds; a busy machine is given more.
LIVE_WITHIN_S = 20


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    return Settings(home=tmp_path)


@pytest.fixture
def searcher(settings: Settings) -> Iterator[Searcher]:
    opened = open_searcher(settings)
    yield opened
    opened.close()


def index(settings: Settings, *titles: str, recipe: IndexRecipe = RECIPE) -> str:
    store = EmbeddedStore(settings.home / "index")
    products = [Product(f"p{number}", title) for number, title in enumerate(titles)]
    vectors = HashEncoder().encode([title_text(product) for product in products])
    with store.writer(recipe, "test") as writer:
        writer.add([Document(product, vector) for product, vector in zip(products, vectors, strict=True)])
        generation = writer.finish()
    store.switch(generation.name)
    return generation.name


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + LIVE_WITHIN_S
    while not condition():
        assert time.monotonic() < until, "not live in time"
        time.sleep(0.02)


def total(searcher: Searcher, query: str) -> int:
    return searcher.search(SearchRequest(query, mode="lexical")).total


def test_before_the_first_index_it_says_what_to_run(searcher: Searcher) -> None:
    assert searcher.missing() == ['no index yet; run "shangsou index FILE" or "shangsou demo"']
    assert searcher.generation() is None
    with pytest.raises(NoIndex, match="shangsou index FILE"):
        searcher.search(SearchRequest("伞"))


def test_a_command_says_what_is_missing_by_its_error_alone_and_a_server_logs_it_once(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = Searcher(settings, EmbeddedStore(settings.home / "index"))
    searcher.refresh()
    with pytest.raises(NoIndex):
        searcher.search(SearchRequest("伞"))
    assert "no index yet" not in caplog.text
    looks: list[None] = []
    monkeypatch.setattr(searcher, "_follow", lambda: looks.append(Searcher._follow(searcher)))
    with closing(searcher.open()):
        wait_until(lambda: len(looks) > 3)
    assert caplog.text.count("no index yet") == 1


def test_the_first_index_is_served_as_soon_as_it_is_there(settings: Settings, searcher: Searcher) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    assert total(searcher, "雨伞") == 1


def test_a_switched_generation_is_served_without_a_restart_and_a_rollback_too(
    settings: Settings, searcher: Searcher
) -> None:
    first = index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    index(settings, "雨伞", "太阳伞 雨伞")
    wait_until(lambda: total(searcher, "雨伞") == 2)
    EmbeddedStore(settings.home / "index").switch(first)
    wait_until(lambda: total(searcher, "雨伞") == 1)


def test_an_index_of_another_model_is_refused_and_the_old_one_serves_on(
    settings: Settings, searcher: Searcher
) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    index(settings, "雨伞", "雨伞", recipe=IndexRecipe("hash-encoder", "another", DIMENSIONS, "float32"))
    searcher.refresh()
    assert total(searcher, "雨伞") == 1
    assert searcher.missing() == []
    (warning,) = searcher.warnings()
    assert warning.endswith("; gen-1 serves")
    assert "gen-2 was built with hash-encoder" in warning


def damage(settings: Settings, generation: str) -> None:
    (settings.home / "index" / generation / "prices.npy").write_bytes(b"")


def test_a_new_generation_that_is_damaged_is_refused_with_a_warning_and_one_line_in_the_log(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "_RETRY_S", 0.0)
    store = EmbeddedStore(settings.home / "index")
    index(settings, "雨伞")
    # The thread that follows sets the index first, and takes the problem back after it.
    wait_until(lambda: searcher.missing() == searcher.warnings() == [])
    index(settings, "雨伞", "太阳伞 雨伞")
    damage(settings, "gen-2")
    for _ in range(3):
        searcher.refresh()
    assert total(searcher, "雨伞") == 1
    assert searcher.missing() == []
    assert searcher.warnings() == [
        "gen-2 is damaged and not searched: prices.npy has 0 bytes instead of 144; gen-1 serves"
    ]
    assert caplog.text.count("gen-2 in") == 1
    index(settings, "雨伞", "雨伞 长柄", "雨伞 短柄")
    wait_until(lambda: total(searcher, "雨伞") == 3)
    assert searcher.warnings() == []
    assert store.current() == "gen-3"


def test_at_start_the_generation_before_a_damaged_one_serves_until_that_is_whole_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "_RETRY_S", 0.0)
    index(settings, "雨伞")
    index(settings, "雨伞", "太阳伞 雨伞")
    prices = settings.home / "index" / "gen-2" / "prices.npy"
    whole = prices.read_bytes()
    damage(settings, "gen-2")
    with closing(open_searcher(settings)) as searcher:
        assert total(searcher, "雨伞") == 1
        assert searcher.missing() == []
        assert searcher.warnings()[0].endswith("; gen-1 serves")
        prices.write_bytes(whole)
        wait_until(lambda: total(searcher, "雨伞") == 2)
        assert searcher.warnings() == []


def test_a_generation_that_is_found_to_be_damaged_while_it_serves_makes_way_for_the_one_before(
    settings: Settings, searcher: Searcher
) -> None:
    index(settings, "雨伞")
    index(settings, "雨伞", "太阳伞 雨伞")
    wait_until(lambda: searcher.missing() == [] and total(searcher, "雨伞") == 2)
    vectors = settings.home / "index" / "gen-2" / "title_vector.f32"
    # Its last bit, which only a full comparison finds.
    vectors.write_bytes(vectors.read_bytes()[:-1] + bytes([vectors.read_bytes()[-1] ^ 1]))
    assert EmbeddedStore(settings.home / "index").verify("gen-2") == "title_vector.f32 holds other bytes"
    wait_until(lambda: total(searcher, "雨伞") == 1)
    assert "title_vector.f32 holds other bytes" in searcher.warnings()[0]


def test_the_last_generation_serves_on_though_damaged_with_one_warning_and_one_line_in_the_log(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "_RETRY_S", 0.0)
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    damage(settings, "gen-1")
    EmbeddedStore(settings.home / "index").verify("gen-1")
    warning = (
        "gen-1 is damaged and serves on, since no other can be searched: "
        "prices.npy has 0 bytes instead of 136"
    )
    wait_until(lambda: searcher.warnings() == [warning])
    lines = len(caplog.records)
    for _ in range(5):
        searcher.refresh()
        assert searcher.warnings() == [warning]
    assert len(caplog.records) == lines
    assert caplog.text.count(warning) == 1
    index(settings, "雨伞", "太阳伞 雨伞")
    wait_until(lambda: searcher.warnings() == [])
    assert total(searcher, "雨伞") == 2


def test_one_that_serves_in_place_of_a_damaged_one_makes_way_too_when_it_is_found_to_be_damaged(
    settings: Settings,
) -> None:
    for titles in (["雨伞"], ["雨伞", "太阳伞 雨伞"], ["雨伞", "雨伞 长柄", "雨伞 短柄"]):
        index(settings, *titles)
    store = EmbeddedStore(settings.home / "index")
    damage(settings, "gen-3")
    with closing(open_searcher(settings)) as searcher:
        assert total(searcher, "雨伞") == 2
        vectors = settings.home / "index" / "gen-2" / "title_vector.f32"
        vectors.write_bytes(vectors.read_bytes()[:-1] + bytes([vectors.read_bytes()[-1] ^ 1]))
        store.verify("gen-2")
        # Not only when the damaged one is tried again, which is after ten seconds.
        searcher.refresh()
        wait_until(lambda: total(searcher, "雨伞") == 1)
        assert searcher.warnings()[0].endswith("; gen-1 serves")
        damage(settings, "gen-1")
        store.verify("gen-1")
        searcher.refresh()
        assert searcher.warnings()[0].endswith(
            "; gen-1 is damaged too and serves on, since no other can be searched"
        )
        assert searcher.missing() == []


def test_a_damaged_name_of_the_current_generation_leaves_the_newest_serving(
    settings: Settings, searcher: Searcher
) -> None:
    index(settings, "雨伞")
    index(settings, "雨伞", "太阳伞 雨伞")
    wait_until(lambda: searcher.missing() == [] and total(searcher, "雨伞") == 2)
    (settings.home / "index" / "CURRENT").write_bytes(b"\0" * 6)
    warning = "CURRENT is damaged and not searched: it names no generation; gen-2 serves"
    wait_until(lambda: searcher.warnings() == [warning])
    with closing(open_searcher(settings)) as started:
        assert total(started, "雨伞") == 2
        assert started.warnings() == [warning]


def test_without_any_whole_generation_it_is_not_ready_and_says_which_is_damaged(settings: Settings) -> None:
    index(settings, "雨伞")
    damage(settings, "gen-1")
    with closing(open_searcher(settings)) as searcher:
        assert searcher.missing() == [
            "gen-1 is damaged and not searched: prices.npy has 0 bytes instead of 136"
        ]
        assert searcher.warnings() == []


def test_with_a_damaged_lexicon_searches_are_answered_and_say_so(
    settings: Settings, searcher: Searcher
) -> None:
    products = [Product("p0", "雨伞"), Product("p1", "太阳伞")]
    index_products(
        products,
        store=EmbeddedStore(settings.home / "index"),
        encoder=HashEncoder(),
        source="test",
        lexicons=LexiconStore(settings),
    )
    wait_until(lambda: searcher.lexicon() is not None)
    searcher.close()
    (settings.home / "lexicon" / "embedded" / "gen-1" / "words.texts").write_bytes(b"x")
    with closing(open_searcher(settings)) as opened:
        answer = opened.search(SearchRequest("雨伞"))
        assert answer.total == 1
        (degraded,) = answer.degraded
        assert degraded.part == "lexicon"
        assert degraded.message.startswith("it is damaged: words.texts has 1 bytes")
        assert opened.missing() == []
        assert opened.warnings() == [str(degraded)]


def test_with_damaged_known_queries_the_lexicon_serves_and_they_are_reported_apart(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searcher_module, "_LEXICON_RETRY_S", 0.0)
    lexicons = LexiconStore(settings)
    index_products(
        [Product("p0", "雨伞")],
        store=EmbeddedStore(settings.home / "index"),
        encoder=HashEncoder(),
        source="test",
        lexicons=lexicons,
    )
    lexicons.write_queries(KnownQueries([Phrase("雨伞", "雨伞", 1)], ["雨伞"], [], []))
    popular = settings.home / "lexicon" / lexicons.current_queries() / "popular.json"
    whole = popular.read_bytes()
    popular.write_bytes(b"")
    with closing(open_searcher(settings)) as opened:
        assert opened.lexicon() is not None
        (degraded,) = opened.search(SearchRequest("雨伞")).degraded
        assert str(degraded).startswith(
            "lexicon: the known queries are damaged and left out: popular.json has 0 bytes"
        )
        assert opened.warnings() == [str(degraded)]
        for _ in range(3):
            opened.refresh()
        assert caplog.text.count("popular.json has 0 bytes") == 1
        popular.write_bytes(whole)
        wait_until(lambda: opened.warnings() == [])
        assert opened.query_counts(["雨伞"]) == [1]


def test_an_index_of_another_model_at_start_says_what_to_run(settings: Settings) -> None:
    index(settings, "雨伞", recipe=IndexRecipe("text2vec", "another", DIMENSIONS, "float32"))
    searcher = open_searcher(settings)
    with pytest.raises(
        RecipeMismatch, match=r'built with text2vec .* run "shangsou index" or set SHANGSOU_MODEL'
    ):
        searcher.search(SearchRequest("伞"))
    assert "SHANGSOU_MODEL" in searcher.missing()[0]
    searcher.close()


def test_without_weights_words_still_find_and_it_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_weights(*_: object, **__: object) -> HashEncoder:
        raise WeightsUnavailable("the weights are not in /srv/shop/models")

    monkeypatch.setattr(live_index, "open_encoder", no_weights)
    index(settings, "雨伞")
    searcher = open_searcher(settings)
    response = searcher.search(SearchRequest("雨伞"))
    assert response.total == 1
    assert response.degraded == (Degradation("encoder", "not available; found by words alone"),)
    (missing,) = searcher.missing()
    assert missing.startswith("encoder: the weights of the search encoder cannot be used")
    assert 'run "shangsou model fetch"' in missing
    searcher.close()
    assert caplog.text.count("the weights are not in /srv/shop/models") == 1


def test_a_changed_ranking_recipe_is_live_without_a_restart(settings: Settings, searcher: Searcher) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    default = json.loads(
        (Path(live_index.__file__).parents[1] / "ranking" / "ranking.json").read_text("utf-8")
    )
    (settings.home / "ranking.json").write_text(json.dumps(default | {"version": 70}), "utf-8")
    wait_until(lambda: searcher.search(SearchRequest("伞")).applied["ranking"].startswith("70-"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"field_weights": {"titel.words": 1}}, "'titel.words'"),
        ({"field_weights": None}, "field_weights is 'None'"),
        ({"lexical_weight": 1.5}, "lexical_weight is '1.5'"),
        ({"candidates": 0}, "candidates is '0'"),
        ({"rank_constant": -1}, "rank_constant is '-1'"),
        ({"fusion": "sum"}, "fusion is 'sum'"),
        ({"k1": -1}, "k1 is '-1'"),
        (None, "is no ranking recipe"),
    ],
)
def test_a_wrong_ranking_recipe_is_refused_by_name_and_keeps_nothing_else_from_being_served(
    settings: Settings,
    searcher: Searcher,
    change: dict[str, object] | None,
    complaint: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    default = json.loads(
        (Path(live_index.__file__).parents[1] / "ranking" / "ranking.json").read_text("utf-8")
    )
    broken = b"\xff{" if change is None else json.dumps(default | change).encode()
    (settings.home / "ranking.json").write_bytes(broken)
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    for _ in range(3):
        searcher.refresh()
    assert caplog.text.count(complaint) == 1
    assert searcher.search(SearchRequest("伞")).applied["ranking"].startswith(f"{default['version']}-")
    assert "the ranking recipe or a dictionary cannot be used" in searcher.warnings()[0]


def test_what_a_newer_version_put_into_a_recipe_is_passed_over_by_name_and_the_rest_counts(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    default = json.loads(
        (Path(live_index.__file__).parents[1] / "ranking" / "ranking.json").read_text("utf-8")
    )
    newer = {"version": 70, "moon_weight": 0.5, "understanding": ["synonyms", "telepathy"]}
    (settings.home / "ranking.json").write_text(json.dumps(default | newer), "utf-8")
    wait_until(lambda: searcher.search(SearchRequest("伞")).applied["ranking"].startswith("70-"))
    assert searcher.ranking().understanding == {"synonyms"}
    for _ in range(3):
        searcher.refresh()
    messages = [record.getMessage() for record in caplog.records if "moon_weight" in record.getMessage()]
    assert len(messages) == 1
    assert "moon_weight is '0.5'; understanding names 'telepathy', which this version" in messages[0]


def test_k1_and_b_that_the_index_does_not_have_are_reported_once_and_it_serves_on(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    default = json.loads(
        (Path(live_index.__file__).parents[1] / "ranking" / "ranking.json").read_text("utf-8")
    )
    (settings.home / "ranking.json").write_text(json.dumps(default | {"version": 70, "k1": 1.5}), "utf-8")
    wait_until(lambda: searcher.search(SearchRequest("伞")).applied["ranking"].startswith("70-"))
    wait_until(lambda: "k1 1.5 (the index has 0.6); gen-1 serves on with its own" in caplog.text)
    for _ in range(3):
        searcher.refresh()
    assert caplog.text.count("k1 1.5") == 1
    index(settings, "雨伞", recipe=replace(RECIPE, k1=1.5))
    wait_until(lambda: searcher.search(SearchRequest("伞")).applied["generation"] == "gen-2")
    assert caplog.text.count("k1 1.5") == 1


def test_facts_that_changed_since_the_index_was_built_are_reported_once_and_it_serves_on(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    changed = 'facts.toml changed since gen-1 was built; run "shangsou index"'
    store, lexicons = EmbeddedStore(settings.home / "index"), LexiconStore(settings)
    shop = [Product("p", "雨伞")]
    index_products(shop, store=store, encoder=HashEncoder(), source="test", lexicons=lexicons)
    wait_until(lambda: searcher.missing() == [])
    own = settings.home / "facts.toml"
    own.write_text('[units.measures.mass]\n"磅" = 453.6', "utf-8")
    wait_until(lambda: changed in caplog.text)
    own.write_text("[unit]", "utf-8")
    wait_until(lambda: "gen-1 is searched with the facts that it was built with" in caplog.text)
    assert caplog.text.count(changed) == 1
    assert total(searcher, "雨伞") == 1
    # Of several processes, one is enough.
    with closing(open_searcher(settings, logs_pending=False)) as worker:
        assert total(worker, "雨伞") == 1
        worker._log_pending_reindex_once()
    assert caplog.text.count("gen-1 is searched with the facts") == 1


def test_a_dictionary_that_changed_since_the_index_was_built_is_reported_once_and_it_serves_on(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    changed = 'dictionary.txt changed since gen-1 was built; run "shangsou index"'
    index(settings, "国产机智能大屏", recipe=replace(RECIPE, dictionary="国产机 100000 n"))
    wait_until(lambda: searcher.missing() == [])
    own = settings.home / "dictionary.txt"
    own.write_text("大屏 100000 n", "utf-8")
    wait_until(lambda: changed in caplog.text)
    own.write_text("奶酪魔方 0", "utf-8")
    wait_until(lambda: "gen-1 is searched with the dictionary that it was built with" in caplog.text)
    assert caplog.text.count(changed) == 1
    response = searcher.search(SearchRequest("国产机智能", mode="lexical"))
    assert "国产机" in response.understood.words


def test_a_shops_own_synonyms_are_live_without_a_restart_and_a_wrong_line_keeps_the_last_good_ones(
    settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    own = settings.home / "synonyms.txt"

    def found(query: str) -> int:
        return searcher.search(SearchRequest(query, mode="lexical")).total

    assert found("挡水工具") == 0
    own.write_text("挡水工具 => 雨伞", "utf-8")
    wait_until(lambda: found("挡水工具") == 1)
    own.write_text("挡水工具", "utf-8")
    wait_until(lambda: 'synonyms.txt:1: "挡水工具" are no synonyms' in caplog.text)
    assert found("挡水工具") == 1
    own.write_bytes("挡水工具 => 雨伞".encode("gb18030"))
    wait_until(lambda: "synonyms.txt is no text in UTF-8" in caplog.text)
    own.unlink()
    wait_until(lambda: found("挡水工具") == 0)


def test_weights_fetched_later_are_taken_up_without_a_restart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_weights(*_: object, **__: object) -> HashEncoder:
        raise WeightsUnavailable("weights missing")

    monkeypatch.setattr(live_index, "open_encoder", no_weights)
    monkeypatch.setattr(live_index, "_RETRY_S", 0.0)
    index(settings, "雨伞")
    searcher = open_searcher(settings)
    assert searcher.missing() != []
    monkeypatch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
    wait_until(lambda: searcher.missing() == [])
    searcher.close()


def click(user: str, product_id: str = "p0") -> Event:
    return Event(f"{user} {product_id}", "click", datetime.now(UTC), user, product_id=product_id)


def test_an_event_shows_in_the_next_search_and_page_2_sees_what_page_1_saw(
    settings: Settings, searcher: Searcher
):
    index(settings, "红色连衣裙")
    searcher.refresh()
    events = open_event_store(settings)
    asked = SearchRequest("连衣裙", user_id="u")
    first = searcher.search(asked)
    assert first.applied["history"] == 0
    time.sleep(0.002)  # A query id holds whole milliseconds.
    events.add([click("u")])
    assert searcher.search(asked).applied["history"] == 1
    assert searcher.search(replace(asked, page=2, query_id=first.query_id)).applied["history"] == 0
    assert searcher.search(replace(asked, personalize=False)).applied["history"] == 0
    assert searcher.search(replace(asked, user_id="another")).applied["history"] == 0
    events.close()


def test_a_search_whose_events_cannot_be_read_is_answered_for_everyone_and_says_so(
    settings: Settings, searcher: Searcher
):
    index(settings, "红色连衣裙")
    searcher.refresh()
    events = open_event_store(settings)
    events.add([click("u")])
    asked = SearchRequest("连衣裙", user_id="u")
    assert searcher.search(asked).applied["history"] == 1
    (settings.home / "events").rename(settings.home / "elsewhere")
    answer = searcher.search(asked)
    assert (answer.total, answer.applied["history"]) == (1, 0)
    assert answer.degraded == (
        Degradation("personalize", "the events cannot be read; the same order for everyone"),
    )
    # Strangers do not notice, and when the events are back nobody does.
    assert searcher.search(SearchRequest("连衣裙")).degraded == ()
    (settings.home / "elsewhere").rename(settings.home / "events")
    assert searcher.search(asked).applied["history"] == 1
    events.close()


def test_a_search_goes_by_a_ranking_of_ones_own_where_one_is_given(
    settings: Settings, searcher: Searcher
) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    own = replace(default_ranking(), version=77)
    assert searcher.search(SearchRequest("雨伞"), own).applied["ranking"] == own.name
    assert searcher.search(SearchRequest("雨伞")).applied["ranking"] == default_ranking().name


def test_it_knows_products_by_their_ids_in_the_order_asked_for(
    settings: Settings, searcher: Searcher
) -> None:
    index(settings, "雨伞", "阳伞")
    wait_until(lambda: searcher.missing() == [])
    assert [product.title for product in searcher.products(["p1", "none", "p0"])] == ["阳伞", "雨伞"]


def test_without_imported_queries_it_counts_no_queries(settings: Settings, searcher: Searcher) -> None:
    index(settings, "雨伞")
    wait_until(lambda: searcher.missing() == [])
    assert searcher.query_counts(["雨伞"]) is None
