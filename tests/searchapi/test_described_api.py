"""Requests made from the description of the API, right and wrong ones: each answer is one that it names."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.schemas import OpenApiSchema

from indexer.build import index_products
from searchapi.app import create_app
from searchapi.schema.operations import OPERATIONS
from searchapi.state import EXTENSION
from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.sample.shop import sample_products
from shangsou.search.service import live_index
from shangsou.search.service.searcher import open_searcher
from shangsou.settings import Settings
from tests.fixtures.hash_encoder import HashEncoder

EXAMPLES = 200
CONFIG = schemathesis.Config.from_dict(
    # 422 names the field also for what a schema cannot say: page times size, times before 1990.
    {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "412", "422"]}}}
)
# The client does not decode what is compressed.
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenApiSchema]:
    home = Settings(home=tmp_path_factory.mktemp("home"), workers=0)
    products = sample_products()[:200]
    store = EmbeddedStore(home.home / "index")
    index_products(products, store=store, encoder=HashEncoder(), source="test", lexicons=LexiconStore(home))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_index, "open_encoder", lambda *_, **__: HashEncoder())
        searcher = open_searcher(home)
    app = create_app(home, searcher)
    # Of this machine, which may do everything: else whatever changes the shop is 403, and nothing is tried.
    answer = app.wsgi_app
    app.wsgi_app = lambda environ, start: answer(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)  # type: ignore[method-assign]
    yield schemathesis.openapi.from_wsgi("/openapi.json", app, config=CONFIG)
    app.extensions[EXTENSION].events.close()
    searcher.close()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_answer_is_as_described(description: OpenApiSchema, operation) -> None:
    described = description[operation.path][operation.method.upper()]

    @given(case=described.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=PLAIN)

    ask()
