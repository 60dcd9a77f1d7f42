"""Progress of indexing where there is no terminal: in a log, one line a minute."""

import pytest

from indexer import progress
from indexer.progress import indexing_progress


def test_without_a_terminal_a_line_a_minute_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1_000.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with indexing_progress(90_000) as say:
        for now, read in ((1_030.0, 1_000), (1_061.0, 2_000), (1_100.0, 3_000), (1_121.5, 4_000)):  # noqa: B007
            say(read)
    assert capsys.readouterr().err.splitlines() == [
        "2,000 of 90,000 rows indexed",
        "4,000 of 90,000 rows indexed",
    ]
