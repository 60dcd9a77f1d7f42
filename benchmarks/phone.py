"""The shop on a phone: milliseconds until Chromium paints the first cards, over a slow mobile network.

Every request waits a round trip of 150 ms and shares 1.6 Mbit/s, by Chromium's own emulation.
"""

import shutil
import statistics
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from benchmarks.engines import environment
from benchmarks.run_program import run
from benchmarks.searching import real_queries
from benchmarks.serving import served
from shangsou.settings import Settings
from tests.fixtures.browser import CHROMIUM_ARGUMENTS, PHONE, PROGRAMS

ROUND_TRIP_MS = 150
BYTES_PER_S = 1_600_000 // 8
VISITS = 9
# Pictures of the catalog lie on hosts of others, which may keep a page waiting for long.
LOOPBACK_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
# Resolves at the first frame after the one in which a card's title has its place: then it is on the screen.
FIRST_CARD = """() => new Promise(resolve => {
    const look = () => {
        const title = document.querySelector(".card-title, .shelf-title, .empty h2");
        if (title?.getBoundingClientRect().height) requestAnimationFrame(() => resolve(performance.now()));
        else requestAnimationFrame(look);
    };
    look();
})"""


def measure(data: Path, _elastic_url: str) -> dict[str, object]:
    """Return the median times of the first visit and of a second one with another query, in milliseconds."""
    settings = Settings(engine="embedded")
    if not run("generations", **environment(settings))["generations"]:
        run("index", str(data / "catalog.tsv.gz"), **environment(settings))
    queries = real_queries(data, 2 * VISITS)
    with served(settings) as (port, _, _):
        return measure_shop(f"http://127.0.0.1:{port}", queries)


def measure_shop(url: str, queries: list[str]) -> dict[str, object]:
    """Return the same for a shop that is served already."""
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*CHROMIUM_ARGUMENTS, LOOPBACK_ONLY]
        )
        pairs = list(zip(queries[::2], queries[1::2], strict=False))
        visits = [_visit_twice(browser, url, pair) for pair in pairs]
        browser.close()
    cold, warm = zip(*visits, strict=True)
    return {
        "visits": len(visits),
        "first_cards_cold_ms": round(statistics.median(cold)),
        "first_cards_warm_ms": round(statistics.median(warm)),
        "slowest_cold_ms": round(max(cold)),
        "slowest_warm_ms": round(max(warm)),
    }


def _visit_twice(browser: Browser, url: str, queries: tuple[str, str]) -> tuple[float, float]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN", is_mobile=True, has_touch=True)
    cold, warm = (_first_cards_ms(context, f"{url}/?q={quote(query)}") for query in queries)
    context.close()
    return cold, warm


def _first_cards_ms(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": ROUND_TRIP_MS,
        "downloadThroughput": BYTES_PER_S,
        "uploadThroughput": BYTES_PER_S,
    }
    network.send("Network.emulateNetworkConditions", conditions)
    page.goto(address, wait_until="commit")
    painted_ms: float = page.evaluate(FIRST_CARD)
    # The files of the page are kept for the next visit.
    page.wait_for_load_state("networkidle")
    page.close()
    return painted_ms
