"""Both engines answer 500 stored requests as they did when the answers were recorded.

A change that is intended is stated in `comparison.as_today`, or recorded with `python -m tests.answers`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.settings import Settings
from tests.answers.comparison import TOLERANCE, Answer, as_today, differences, read_answers
from tests.answers.elastic import index_into_elasticsearch
from tests.answers.home import unpack_stored_home
from tests.answers.replay import ADMIN_KEY, RECORDINGS, SIGNING_SECRET, read_requests, replay_requests

# As many differences as somebody reads.
_MAX_REQUESTS_SHOWN, _MAX_LINES_EACH = 20, 5


def assert_as_recorded(engine: str, answers: dict[str, Answer]) -> None:
    recorded = {name: as_today(answer) for name, answer in read_answers(RECORDINGS[engine]).items()}
    assert list(recorded) == list(answers)
    tolerance = TOLERANCE[engine]
    compared = {name: list(differences(recorded[name], answers[name], tolerance)) for name in recorded}
    changed = {name: lines for name, lines in compared.items() if lines}
    shown = [
        line
        for name, lines in list(changed.items())[:_MAX_REQUESTS_SHOWN]
        for line in (name, *(f"    {line}" for line in lines[:_MAX_LINES_EACH]))
    ]
    assert not changed, f"{len(changed)} of {len(recorded)} answers have changed:\n" + "\n".join(shown)


def test_the_embedded_engine_answers_from_a_stored_home_as_recorded(tmp_path: Path):
    settings = Settings(
        home=unpack_stored_home(tmp_path).home, admin_key=ADMIN_KEY, signing_secret=SIGNING_SECRET
    )
    assert_as_recorded("embedded", replay_requests(settings))


@pytest.mark.elastic
def test_elasticsearch_answers_over_the_same_products_as_recorded(
    elastic_url: str, elastic_name: Callable[[], str], tmp_path: Path
):
    stored = unpack_stored_home(tmp_path)
    settings = index_into_elasticsearch(elastic_url, elastic_name(), tmp_path / "elastic", stored)
    assert_as_recorded("elastic", replay_requests(settings))


def test_both_engines_found_and_counted_the_same():
    # What each answers today is held to its recording above.
    embedded, elastic = (
        {name: answer.get("body", {}) for name, answer in read_answers(RECORDINGS[engine]).items()}
        for engine in ("embedded", "elastic")
    )
    searches = [name for name, body in embedded.items() if "total" in body]
    assert len(searches) >= 200
    for name in searches:
        for part in ("total", "facets"):
            assert embedded[name].get(part) == elastic[name].get(part), name


def test_there_are_500_requests_with_500_names():
    names = [request["name"] for request in read_requests()]
    assert len(set(names)) == len(names) == 500
