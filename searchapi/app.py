"""The Flask application."""

from flask import Flask
from flask_compress import Compress
from werkzeug.routing import PathConverter

from searchapi import allowed_origins, logs, metrics, problems, security
from searchapi.event_service import EventService
from searchapi.key_ring import KeyRing
from searchapi.rate_limits import RateLimits
from searchapi.routes.dictionaries import dictionaries
from searchapi.routes.events import events
from searchapi.routes.judgements import judgements
from searchapi.routes.operation import operation
from searchapi.routes.pages import pages
from searchapi.routes.products import products
from searchapi.routes.recommend import recommend
from searchapi.routes.sample import sample
from searchapi.routes.search import search
from searchapi.routes.suggest import suggest
from searchapi.routes.users import users
from searchapi.serving.channel import MAX_BODY_BYTES
from searchapi.state import EXTENSION, AppState, SearchService
from shangsou.audit import AuditLog
from shangsou.customer_lists.lists import CustomerLists
from shangsou.engines.elastic.access import shared_breaker
from shangsou.settings import Settings


class _AnyPath(PathConverter):
    """A rest of a path of any characters: ids may hold line feeds."""

    regex = "(?s:[^/].*?)"


def create_app(settings: Settings, searcher: SearchService) -> Flask:
    """Create the application: the API and the shop page over a searcher."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    # Product ids may contain two slashes in a row.
    app.url_map.merge_slashes = False
    app.url_map.converters["path"] = _AnyPath
    breaker = shared_breaker(settings) if settings.engine == "elastic" else None
    counters = metrics.Metrics(searcher.generation, searcher.ranking, searcher.warnings, breaker)
    app.extensions[EXTENSION] = AppState(
        settings,
        searcher,
        counters,
        EventService(settings, counters),
        AuditLog(settings.home),
        CustomerLists(settings.home),
        RateLimits(settings),
    )

    # gzip everywhere, Brotli and zstd where a browser takes them (over HTTPS).
    Compress(app)
    problems.register(app)
    logs.register(app)
    metrics.register(app, counters)
    security.register(app, settings, KeyRing(settings))
    allowed_origins.register(app, settings.allowed_origins)

    for blueprint in (
        search, suggest, recommend, products, dictionaries, events, users, judgements, operation, sample,
        pages,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    return app
