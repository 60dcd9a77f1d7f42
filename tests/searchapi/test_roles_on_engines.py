"""Roles by route on servers over real indices of both engines, where only who has a key may shop."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest

from searchapi.keys import ROLES, Role, new_key, write_keys
from shangsou.product import Product
from tests.fixtures.engines import ENGINES
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexed_home import indexed_home
from tests.fixtures.searchapi import running_program
from tests.searchapi.test_authorization import BY_NAME, ROUTES, Route

NOW = datetime.now(UTC)
OPEN = ("/healthz", "/readyz", "/openapi.json")
REFUSED = (401, 403)
Ask = Callable[[Route, str], int]


@pytest.fixture(scope="module", params=ENGINES)
def ask(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    products: list[Product],
    hash_encoder: HashEncoder,
) -> Iterator[Ask]:
    """A function that asks a server with a key of each role, and returns the status."""
    home = tmp_path_factory.mktemp("home")
    environment = indexed_home(request, home, products, hash_encoder)
    made = {role: new_key(role, (role,), NOW) for role in ROLES}
    write_keys(home / "keys.json", [key for key, _ in made.values()], NOW)
    with running_program(
        "serve", "--port", "0", home=home, module="tests.searchapi.serving.hash_server", **environment
    ) as server:
        server.wait_until_ready()

        def status(route: Route, role: str) -> int:
            headers = {"Authorization": f"Bearer {made[role][1]}"} if role else {}  # type: ignore[index]
            if route.body is not None:
                headers["Content-Type"] = "application/json"
            connection = HTTPConnection(server.host, server.port, timeout=60)
            try:
                body = None if route.body is None else json.dumps(route.body)
                connection.request(route.method, route.path.replace("裙", "%E8%A3%99"), body, headers)
                return connection.getresponse().status
            finally:
                connection.close()

        yield status


def needed(route: Route) -> Role | None:
    """Return the role that a route needs where not anybody may shop."""
    if route.role is not None or route.path in OPEN:
        return route.role
    return "events" if route.path == "/v1/events" else "search"


@pytest.mark.parametrize("route", ROUTES, ids=BY_NAME)
def test_every_route_is_for_its_role_and_for_an_admin(ask: Ask, route: Route) -> None:
    allowed = {role for role in ("", *ROLES) if ask(route, role) not in REFUSED}
    role = needed(route)
    assert allowed == ({"", *ROLES} if role is None else {role, "admin"})
