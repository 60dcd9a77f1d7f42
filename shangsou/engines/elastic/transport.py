"""Elastic's client as we need it: nodes that fail over, and requests that a circuit breaker guards."""

import logging
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from elastic_transport import (
    BaseNode,
    ConnectionError,  # noqa: A004 - of the client
    ConnectionTimeout,
    HttpHeaders,
    NodePool,
    Transport,
    TransportApiResponse,
    TransportError,
    Urllib3HttpNode,
)
from elastic_transport.client_utils import DEFAULT, DefaultType, url_to_node_config
from elasticsearch import Elasticsearch, UnsupportedProductError
from urllib3.exceptions import ConnectTimeoutError
from urllib3.util import Timeout

from shangsou.engines.elastic.breaker import CircuitBreaker

log = logging.getLogger(__name__)
# More than waitress's threads, so that no search waits for a connection.
_CONNECTIONS = 32
CONNECT_S = 2.0
"""Seconds within which a connection must stand: Linux repeats a lost packet of it after one."""
# Another node may answer where one says that it is not ready, or where the proxy before it cannot reach it.
# An overloaded one (429) is not asked again at once.
_RETRY_ON_STATUS = (502, 503, 504)
# Statuses with which another server, or OpenSearch, answers requests that it does not know.
_OF_ANOTHER_PRODUCT = (400, 404, 405, 406, 410, 501)


class NotReached(ConnectionError):
    """No connection stood in time: nothing was sent, and another node may be asked."""


class BreakerOpen(TransportError):
    """A request was not sent: Elasticsearch has let others wait in vain."""


def open_client(
    urls: Sequence[str], timeout_s: float, breaker: CircuitBreaker, options: Mapping[str, Any]
) -> Elasticsearch:
    """Return a client; nothing is sent yet.

    A request whose connection breaks is sent to another node. That may be the second time that it arrives,
    so each of ours is a read, is idempotent, or carries a condition and knows its own result when it sees
    it. One that times out is not sent again.
    """
    return Elasticsearch(
        [url_to_node_config(url).replace(request_timeout=timeout_s) for url in urls],
        # Each node may be down but one, whose connection was kept open too long.
        max_retries=len(urls),
        retry_on_timeout=False,
        retry_on_status=_RETRY_ON_STATUS,
        connections_per_node=_CONNECTIONS,
        node_class=Node,
        node_pool_class=TrialNodePool,
        transport_class=partial(GuardedTransport, breaker=breaker),  # type: ignore[arg-type]
        **options,
    )


class Node(Urllib3HttpNode):
    """A node that is given up early where it takes no connection."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:
        """Send a request and return the response."""
        total = self.config.request_timeout if isinstance(request_timeout, DefaultType) else request_timeout
        timeout: Any = Timeout(connect=CONNECT_S, total=total)
        try:
            return super().perform_request(method, target, body, headers, timeout)
        except ConnectionTimeout as problem:
            if isinstance(problem.__cause__, ConnectTimeoutError):
                raise NotReached(problem.message, problem.errors) from problem.__cause__
            raise


class TrialNodePool(NodePool):
    """A pool in which one request tries a node that failed; the others follow once it has answered."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Of each thread the node that its request tries, in neither list of the pool.
        self._trial = threading.local()

    def get(self) -> BaseNode:
        """Return the node for the next request."""
        if len(self) == 1:
            return super().get()
        node = self.resurrect()
        if node is None or not self._has_failed(node):
            return super().get()
        # `resurrect` has put it among the living, where every thread would wait for it.
        self._alive_nodes.pop(node.config, None)
        self._trial.node = node
        return node

    def end_trial(self) -> None:
        """Have a node tried again later whose trial ended in neither an answer nor a broken connection.

        As where its answer cannot be read.
        """
        node = getattr(self._trial, "node", None)
        if node is not None:
            self.mark_dead(node)

    def mark_dead(self, node: BaseNode, _now: float | None = None) -> None:
        """Ask other nodes for a while, which grows with each failure."""
        if len(self) > 1 and not self._has_failed(node):
            log.warning("Elasticsearch at %s does not answer; other nodes are asked", node.base_url)
        self._trial.node = None
        super().mark_dead(node, _now)

    def mark_live(self, node: BaseNode) -> None:
        """Ask it again as the others."""
        if len(self) > 1 and self._has_failed(node):
            log.warning("Elasticsearch at %s answers again", node.base_url)
        self._trial.node = None
        super().mark_live(node)

    def _has_failed(self, node: BaseNode) -> bool:
        """Return whether it has not answered since it failed."""
        return node.config in self._dead_consecutive_failures


class GuardedTransport(Transport):
    """Sends no request while the breaker is open.

    Only requests with the ordinary timeout count: a bulk request of the indexer or a merge may take minutes.
    """

    node_pool: TrialNodePool

    def __init__(self, *arguments: Any, breaker: CircuitBreaker, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._breaker = breaker

    def perform_request(
        self,
        method: str,
        target: str,
        *,
        request_timeout: DefaultType | float | None = DEFAULT,
        **options: Any,
    ) -> TransportApiResponse:
        """Send a request and return the response; raises `BreakerOpen`."""
        try:
            if not isinstance(request_timeout, DefaultType):
                return super().perform_request(method, target, request_timeout=request_timeout, **options)
            return _check_product(self._perform_guarded(method, target, **options))
        finally:
            self.node_pool.end_trial()

    def _perform_guarded(self, method: str, target: str, **options: Any) -> TransportApiResponse:
        attempt = self._breaker.begin()
        if attempt is None:
            raise BreakerOpen("not sent")
        timed_out = False
        try:
            return super().perform_request(method, target, **options)
        except TransportError as problem:
            timed_out = isinstance(problem, ConnectionTimeout | NotReached)
            raise
        finally:
            self._breaker.end(attempt, timed_out=timed_out)


def _check_product(response: TransportApiResponse) -> TransportApiResponse:
    """Return a response of Elasticsearch; the client itself takes any 404 for an index that is not there."""
    meta = response.meta
    if meta.status in _OF_ANOTHER_PRODUCT and meta.headers.get("x-elastic-product") != "Elasticsearch":
        raise UnsupportedProductError("no Elasticsearch", meta, response.body)
    return response
