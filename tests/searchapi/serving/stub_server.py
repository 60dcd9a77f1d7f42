"""A server over a searcher that holds a search until the test lets it go.

Run as `python -m tests.searchapi.serving.stub_server FOLDER [NAME=NUMBER…]`. The search for 慢 makes the
folder FOLDER/begun and ends when FOLDER/release exists; the one for 满 takes all descriptors until then. The
numbers are constants of `searchapi.serving.channel` and `searchapi.serving.connections`, to shorten
what takes half a minute.
"""

import errno
import os
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from searchapi import logs
from searchapi.addresses import open_socket
from searchapi.app import create_app
from searchapi.serving import channel, connections
from searchapi.serving.server import serve
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.settings import Settings
from tests.searchapi.stub_searcher import StubSearcher


class HeldSearcher(StubSearcher):
    """Holds the search for 慢."""

    def __init__(self, folder: Path) -> None:
        super().__init__([Product("dress", "连衣裙")])
        self.folder = folder

    def search(self, request: SearchRequest) -> SearchResponse:
        with ExitStack() as descriptors:
            if request.query == "满":
                take_all_descriptors(descriptors)
            if request.query in ("慢", "满"):
                self.wait_for_release()
        return super().search(request)

    def wait_for_release(self) -> None:
        (self.folder / "begun").mkdir(exist_ok=True)  # takes no descriptor
        waiting = threading.Event()
        while not (self.folder / "release").exists():
            waiting.wait(0.01)


def take_all_descriptors(taken: ExitStack) -> None:
    try:
        while True:
            taken.callback(os.close, os.open(os.devnull, os.O_RDONLY))
    except OSError as problem:
        if problem.errno != errno.EMFILE:
            raise


def main(folder: Path, *numbers: str) -> None:
    logs.configure()
    for number in numbers:
        name, _, value = number.partition("=")
        module = channel if hasattr(channel, name) else connections
        assert hasattr(module, name)
        setattr(module, name, float(value))
    app = create_app(Settings(home=folder), HeldSearcher(folder))
    bound_socket = open_socket("127.0.0.1", 0, has_keys=False)
    if not serve(app, bound_socket, click.echo):
        # What closes afterwards may hang: the process ends all the same.
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
