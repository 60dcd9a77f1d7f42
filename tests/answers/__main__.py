"""Record the answers anew: `python -m tests.answers [home] [embedded] [elastic]`, by default both engines'.

`home` makes the stored home anew first, by the code of today. Without it the home stays as it is. To be done
when the answers are meant to be other ones, and never to make a test pass.
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from shangsou.settings import Settings
from tests.answers import home
from tests.answers.answering import KEY, answers_of
from tests.answers.comparison import write_answers
from tests.answers.elastic import index_into_elasticsearch
from tests.servers.elasticsearch import running_elasticsearch

RECORDED = {engine: Path(__file__).with_name(f"{engine}.jsonl.xz") for engine in ("embedded", "elastic")}


def record(what: list[str]) -> None:
    """Record what is named."""
    with ExitStack() as stack:
        if "home" in what:
            home.store(Path(stack.enter_context(TemporaryDirectory())))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        stored = home.unpack(folder)
        if "embedded" in what:
            write_answers(RECORDED["embedded"], answers_of(Settings(home=stored[0], admin_key=KEY)))
            # Unpacked again: the requests have left their marks on it.
            stored = home.unpack(Path(stack.enter_context(TemporaryDirectory())))
        if "elastic" in what:
            server = stack.enter_context(running_elasticsearch(for_tests=True))
            settings = index_into_elasticsearch(server.url, "answers", folder, stored)
            write_answers(RECORDED["elastic"], answers_of(settings))


if __name__ == "__main__":
    record(sys.argv[1:] or [*RECORDED])
