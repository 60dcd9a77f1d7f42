"""Record the answers again: `python -m tests.answers [home] [embedded] [elastic]`, both engines by default.

`home` first rebuilds the stored home with the current code; otherwise it stays as it is. Record only when the
answers are meant to change, never to make a test pass.
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from shangsou.settings import Settings
from tests.answers.comparison import write_answers
from tests.answers.elastic import index_into_elasticsearch
from tests.answers.home import rebuild_stored_home, unpack_stored_home
from tests.answers.replay import ADMIN_KEY, RECORDINGS, SIGNING_SECRET, replay_requests
from tests.servers.elasticsearch import running_elasticsearch

TARGETS = ("home", *RECORDINGS)


def record(targets: list[str]) -> None:
    """Record the named targets; each engine starts from a home unpacked anew, since requests change it."""
    for target in sorted(targets, key=TARGETS.index):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            if target == "home":
                rebuild_stored_home(folder)
                continue
            stored = unpack_stored_home(folder)
            if target == "embedded":
                settings = Settings(home=stored.home, admin_key=ADMIN_KEY, signing_secret=SIGNING_SECRET)
            else:
                server = stack.enter_context(running_elasticsearch(for_tests=True))
                settings = index_into_elasticsearch(server.url, "answers", folder / "elastic", stored)
            write_answers(RECORDINGS[target], replay_requests(settings))


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(TARGETS):
        sys.exit(f"unknown targets {sorted(unknown)}; known are {', '.join(TARGETS)}")
    record(sys.argv[1:] or [*RECORDINGS])
