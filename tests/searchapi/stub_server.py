"""A server over a searcher that holds a search until the test lets it go.

Run as `python -m tests.searchapi.stub_server FOLDER`. The search for 慢 makes the file FOLDER/begun and
ends when FOLDER/release exists.
"""

import sys
import threading
from pathlib import Path

import click

from searchapi import logs
from searchapi.app import create_app
from searchapi.serve import open_socket, serve
from shangsou.product import Product
from shangsou.search.request import SearchRequest
from shangsou.search.response import SearchResponse
from shangsou.settings import Settings
from tests.fixtures.searchapi import StubSearcher


class HeldSearcher(StubSearcher):
    """Holds the search for 慢."""

    def __init__(self, folder: Path) -> None:
        super().__init__([Product("dress", "连衣裙")])
        self.folder = folder

    def search(self, request: SearchRequest) -> SearchResponse:
        if request.query == "慢":
            (self.folder / "begun").touch()
            waiting = threading.Event()
            while not (self.folder / "release").exists():
                waiting.wait(0.01)
        return super().search(request)


def main(folder: Path) -> None:
    logs.configure()
    app = create_app(Settings(home=folder), HeldSearcher(folder))
    bound = open_socket("127.0.0.1", 0, has_admin_key=False)
    if not serve(app, bound, click.echo):
        sys.exit("given up")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
