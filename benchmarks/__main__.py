"""Run the benchmarks: `python -m benchmarks [NAME…]`, or `make bench` for all.

They read ../shared/data, keep their index in --home, and print one JSON document on stdout.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import (
    bad_pairs,
    churn,
    cleaning,
    click_grades,
    crowding,
    encoding,
    endurance,
    events,
    fine_tuning,
    first_index,
    gating,
    hanging,
    indexing,
    install,
    killing,
    machine,
    misspelling,
    personal,
    phone,
    recommending,
    relevance,
    searching,
    serving,
    static_encoder,
    suggesting,
    understanding,
    updating,
    winback,
)
from tests.servers.elasticsearch import running_elasticsearch

BENCHMARKS = {
    "bad_pairs": bad_pairs.measure,
    "churn": churn.measure,
    "cleaning": cleaning.measure,
    "click_grades": click_grades.measure,
    "crowding": crowding.measure,
    "encoding": encoding.measure,
    "fine_tuning": fine_tuning.measure,
    "gating": gating.measure,
    "hanging": hanging.measure,
    "indexing": indexing.measure,
    "misspelling": misspelling.measure,
    "recommending": recommending.measure,
    "personal": personal.measure,
    "phone": phone.measure,
    "relevance": relevance.measure,
    "searching": searching.measure,
    "serving": serving.measure,
    "static_encoder": static_encoder.measure,
    "suggesting": suggesting.measure,
    "understanding": understanding.measure,
    "updating": updating.measure,
    "winback": winback.measure,
    "events": events.measure,
    "install": install.measure,
    "killing": killing.measure,
    "endurance": endurance.measure,
    "first_index": first_index.measure,
}
BOTH_ENGINES = {"personal", "relevance", "searching", "serving", "suggesting", "updating"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the real data")
    parser.add_argument("--home", type=Path, default=Path("/var/tmp/shangsou-bench"), help="state, kept")
    parser.add_argument("--elastic-url", help="measure this Elasticsearch too; unset: one is started")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if not options.data.exists():
        sys.exit(f"{options.data} is absent: the benchmarks measure on real data, see --data")

    options.home.mkdir(parents=True, exist_ok=True)
    os.environ["SHANGSOU_HOME"] = str(options.home.resolve())
    results: dict[str, object] = {"machine": machine.describe()}
    names = options.names or list(BENCHMARKS)
    with _elasticsearch(options.elastic_url, needed=bool(BOTH_ENGINES & set(names))) as url:
        for name in names:
            print(f"{name} …", file=sys.stderr)
            results[name] = BENCHMARKS[name](options.data, url)
    print(json.dumps(results, ensure_ascii=False, indent=1))


@contextmanager
def _elasticsearch(url: str | None, *, needed: bool) -> Iterator[str]:
    if url or not needed:
        yield url or ""
        return
    with running_elasticsearch() as server:
        yield server.url


if __name__ == "__main__":
    main()
