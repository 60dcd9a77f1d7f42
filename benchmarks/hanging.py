"""A server whose Elasticsearch hangs: how long health and searches take, and until they are back.

Measured over an Elasticsearch of its own, whose processes SIGSTOP holds under searching clients.
"""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from benchmarks.engines import environment
from benchmarks.run_program import run
from benchmarks.serving import served
from shangsou.settings import Settings
from tests.servers.elasticsearch import running_elasticsearch

CLIENTS = 24
HANG_S = 12.0
CATALOG = Path(__file__).parent.parent / "docs" / "examples" / "catalog.csv"
_SEARCH = f"/v1/search?q={quote('裙')}"
_BACK_WITHIN_S = 60.0


def measure(_data: Path, _elastic_url: str) -> dict[str, object]:
    """Return how a server answers while Elasticsearch hangs, and when it answers as before."""
    with running_elasticsearch() as elasticsearch:
        settings = Settings(engine="elastic", elastic_url=elasticsearch.url)
        run("index", str(CATALOG), **environment(settings))
        with served(settings) as (port, _, _), ThreadPoolExecutor(CLIENTS + 1) as pool:
            if _ask(port, _SEARCH)[0] != 200:
                raise RuntimeError("the server does not search")
            elasticsearch.hang()
            ends_at = time.perf_counter() + HANG_S
            health = pool.submit(_ask_until, port, "/healthz", ends_at)
            try:
                clients = [pool.submit(_ask_until, port, _SEARCH, ends_at) for _ in range(CLIENTS)]
                searches = [client.result() for client in clients]
            finally:
                elasticsearch.resume()
            resumed_at = time.perf_counter()
            back_s = _seconds_until(port, _SEARCH, resumed_at)
            ready_s = _seconds_until(port, "/readyz", resumed_at)
    later = sorted(seconds for of_client in searches for seconds in of_client[1:])
    return {
        "healthz_ms_p50_max": [round(1000 * f(health.result())) for f in (statistics.median, max)],
        "first_search_s_max": round(max(of_client[0] for of_client in searches), 2),
        "later_search_s_p50_p99_max": [
            round(later[int(share * (len(later) - 1))], 3) for share in (0.5, 0.99, 1.0)
        ],
        "s_until_search_is_back": round(back_s, 2),
        "s_until_ready": round(ready_s, 2),
    }


def _ask_until(port: int, path: str, ends_at: float) -> list[float]:
    """Return the seconds that each request of one client took, ten a second where they take none."""
    seconds = []
    while time.perf_counter() < ends_at:
        seconds.append(_ask(port, path)[1])
        time.sleep(0.1)
    return seconds


def _seconds_until(port: int, path: str, since: float) -> float:
    while _ask(port, path)[0] != 200:
        if time.perf_counter() - since > _BACK_WITHIN_S:
            raise RuntimeError(f"{path} does not answer again")
        time.sleep(0.02)
    return time.perf_counter() - since


def _ask(port: int, path: str) -> tuple[int, float]:
    """Return the status and the seconds of a request over a connection of its own."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, time.perf_counter() - began
