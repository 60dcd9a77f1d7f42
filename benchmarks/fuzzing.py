"""Fuzz what reads input from outside: `python -m benchmarks.fuzzing TARGET SECONDS`, with the extra `fuzz`.

Targets: `catalog` (files of a merchant), `events` (files of events), `search` (texts in the search box),
`query` (query strings of the API). libFuzzer mutates the examples of the package and of ../shared/cases,
guided by which code they reach. It ends at the first input that raises anything but our own errors; inputs
that take more than a second of processor time are written beside it and counted.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris

# All of our code, so that mutations are guided by it.
with atheris.instrument_imports(include=["indexer", "shangsou", "searchapi"]):
    from indexer.build import index_products
    from indexer.catalog_files import open_catalogs
    from indexer.products import read_products
    from indexer.report import Report
    from searchapi.app import create_app
    from shangsou.behaviour.event_files import read_events
    from shangsou.engines.embedded.store import EmbeddedStore
    from shangsou.errors import ShangsouError
    from shangsou.lexicon.lexicon_store import LexiconStore
    from shangsou.sample.shop import sample_products
    from shangsou.search.request import SearchRequest
    from shangsou.search.service import live_index
    from shangsou.search.service.searcher import open_searcher
    from shangsou.settings import Settings

from tests.fixtures.hash_encoder import HashEncoder

SLOW_S = 1.0
# Larger ones are slow for their size alone.
MAX_BYTES = 20_000

Target = Callable[[bytes], None]


def main() -> None:
    name, seconds = sys.argv[1], sys.argv[2]
    folder = Path(tempfile.mkdtemp(prefix=f"fuzzing-{name}-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(_seeds(name)):
        (corpus / str(number)).write_bytes(seed[:MAX_BYTES])
    target = _TARGETS[name](folder)
    slow = [0]

    def run(data: bytes) -> None:
        started = time.process_time()
        target(data)
        if time.process_time() - started > SLOW_S:
            slow[0] += 1
            (folder / f"slow-{slow[0]}").write_bytes(data)
            print(f"slow: {time.process_time() - started:.1f} s, {folder}/slow-{slow[0]}", flush=True)

    options = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-timeout=60", "-rss_limit_mb=6000"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(corpus)], run)
    atheris.Fuzz()


def _seeds(name: str) -> list[bytes]:
    if name == "catalog":
        exports = Path("../shared/cases/exports")
        return [
            path.read_bytes()
            for path in [*exports.glob("*"), *Path("docs/examples").glob("*")]
            if path.is_file()
        ]
    if name == "events":
        return [
            b"timestamp\tuser_id\taction_name\tproduct_id\tprice\n2026-11-11T10:00:00Z\tu\tpurchase\tp\t9.9\n",
            b'{"action_name": "click", "timestamp": 1794000000, "user_id": "u", "product_id": "p"}\n',
        ]
    texts = [
        "连衣裙 红色",
        "iphone 15 128g 不要白色",
        "100-200元 男鞋 42码",
        "lianyiqun",
        "无糖 -可乐",
        "5kg以内",
    ]
    if name == "search":
        return [text.encode() for text in texts]
    return [f"q={text}&facet=brand&price_gte=3&attr.颜色=红&sort=sales&page=2".encode() for text in texts]


def _catalog(folder: Path) -> Target:
    path = folder / "catalog"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            for _ in read_products(open_catalogs([path], {}), Report(), 1.0):
                pass
        except ShangsouError:
            pass

    return read


def _events(folder: Path) -> Target:
    path = folder / "events"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        try:
            for _ in read_events([path]):
                pass
        except ShangsouError:
            pass

    return read


def _settings(folder: Path) -> Settings:
    """Return the settings of a home with an index of some products, which needs no weights."""
    live_index.open_encoder = lambda *_, **__: HashEncoder()  # type: ignore[assignment]
    settings = Settings(home=folder / "home", workers=0)
    index_products(
        sample_products()[:300],
        store=EmbeddedStore(settings.home / "index"),
        encoder=HashEncoder(),
        source="fuzzing",
        lexicons=LexiconStore(settings),
    )
    return settings


def _search(folder: Path) -> Target:
    searcher = open_searcher(_settings(folder))

    def search(data: bytes) -> None:
        searcher.search(SearchRequest(data.decode("utf-8", "replace")[:500]))

    return search


def _query(folder: Path) -> Target:
    settings = _settings(folder)
    client = create_app(settings, open_searcher(settings)).test_client()

    def ask(data: bytes) -> None:
        # As a server passes on the bytes that it was sent.
        answer = client.open("/v1/search", environ_overrides={"QUERY_STRING": data.decode("latin-1")})
        if answer.status_code >= 500:
            raise RuntimeError(answer.text)

    return ask


_TARGETS: dict[str, Callable[[Path], Target]] = {
    "catalog": _catalog,
    "events": _events,
    "search": _search,
    "query": _query,
}

if __name__ == "__main__":
    main()
