"""What both engines answer to 500 stored requests is what they answered when it was recorded.

A change that is meant to be seen is stated in `comparison.as_today`, or recorded anew with
`python -m tests.answers`.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from shangsou.settings import Settings
from tests.answers.__main__ import RECORDED
from tests.answers.answering import KEY, answers_of, read_requests
from tests.answers.comparison import TOLERANCE, Answer, as_today, differences, read_answers
from tests.answers.elastic import index_into_elasticsearch
from tests.answers.home import unpack

# Of what differs, as much as somebody reads.
_REQUESTS_SHOWN, _SHOWN_OF_EACH = 20, 5


def assert_as_recorded(engine: str, today: dict[str, Answer]) -> None:
    recorded = {name: as_today(one) for name, one in read_answers(RECORDED[engine]).items()}
    assert list(recorded) == list(today)
    changed = {name: list(differences(recorded[name], today[name], TOLERANCE[engine])) for name in recorded}
    changed = {name: lines for name, lines in changed.items() if lines}
    shown = [
        line
        for name, lines in list(changed.items())[:_REQUESTS_SHOWN]
        for line in (name, *(f"    {line}" for line in lines[:_SHOWN_OF_EACH]))
    ]
    assert not changed, f"{len(changed)} of {len(recorded)} answers are other ones:\n" + "\n".join(shown)


def test_a_stored_home_is_answered_from_as_it_was(tmp_path: Path):
    home, _ = unpack(tmp_path)
    assert_as_recorded("embedded", answers_of(Settings(home=home, admin_key=KEY)))


@pytest.mark.elastic
def test_an_elasticsearch_with_the_same_products_answers_as_it_did(
    elastic_url: str, elastic_name: Callable[[], str], tmp_path: Path
):
    settings = index_into_elasticsearch(elastic_url, elastic_name(), tmp_path, unpack(tmp_path))
    assert_as_recorded("elastic", answers_of(settings))


def test_there_are_500_requests_and_each_has_a_name_of_its_own():
    names = [request["name"] for request in read_requests()]
    assert len(set(names)) == len(names) == 500
