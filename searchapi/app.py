"""The Flask application."""

from flask import Flask

from searchapi import logs, metrics, problems, safety
from searchapi.events import Events
from searchapi.routes.events import events
from searchapi.routes.operation import operation
from searchapi.routes.pages import pages
from searchapi.routes.products import products
from searchapi.routes.sample import sample
from searchapi.routes.search import search
from searchapi.routes.suggest import suggest
from searchapi.routes.synonyms import synonyms
from searchapi.routes.users import users
from searchapi.state import EXTENSION, SearchService, State
from shangsou.settings import Settings

MAX_BODY_BYTES = 1024 * 1024


def create_app(settings: Settings, searcher: SearchService) -> Flask:
    """Return the API and the shop page over a searcher."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    # Product ids may hold two slashes in a row.
    app.url_map.merge_slashes = False
    counters = metrics.Metrics(searcher.generation)
    app.extensions[EXTENSION] = State(settings, searcher, counters, Events(settings, counters))

    problems.register(app)
    logs.register(app)
    metrics.register(app, counters)
    safety.register(app, local_only=settings.admin_key is None)

    for blueprint in (search, suggest, products, synonyms, events, users, operation, sample, pages):
        app.register_blueprint(blueprint)
    return app
