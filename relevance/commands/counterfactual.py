"""`shangsou evaluate counterfactual`: what another ranking would have got from the clicks of a log."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relevance.commands.judgement_options import DEPTH, JSON, SHOWN
from relevance.commands.options import FILE
from relevance.judgements import read_queries
from relevance.runs import ids_of_run, read_run
from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import UnusableInput

if TYPE_CHECKING:
    from relevance.counterfactual import CounterfactualClicks, Estimate

# The share of clicks whose weight may be cut down: clicks on what stands low then say too little for moving
# it up. SIMULATED, 100 queries, a ranking that gains .22 clicks a search: with 2 % cut down the estimate was
# .18, with 7 % .15, with 18 % .14, with a third .07; with 63 % -.01.
_MAX_CLIPPED = 0.1
_LIMITS = (
    "not known from clicks: what products that were never shown would get, whether other pictures, prices or "
    "neighbours change clicks, and whether what is clicked is bought"
)


@click.command()
@click.argument("events", metavar="EVENTS…", type=FILE, nargs=-1, required=True)
@click.option("--run", "run_path", type=FILE, required=True, help="The ranking, as a TREC run.")
@click.option("--queries", "queries_path", type=FILE, required=True, help="TSV with the texts of its qids.")
@click.option("-k", type=click.IntRange(1, 100), default=DEPTH, show_default=True, help="Places that count.")
@click.option(
    "--clip",
    type=click.FloatRange(min=1),
    help="Highest weight of a click; the root of the sessions of its query unless given.",
)
@SHOWN
@ACTION
@JSON
def counterfactual(  # noqa: PLR0913 - an argument for each option
    events: Sequence[Path],
    *,
    run_path: Path,
    queries_path: Path,
    k: int,
    clip: float | None,
    shown: int,
    actions: Sequence[str],
    as_json: bool,
) -> None:
    """Estimate which clicks another ranking would have got.

    From the clicks that were logged, each weighted by how often the ranking would have it looked at, over how
    often the log had (inverse propensity scoring). Products that the log never showed count as never clicked.
    """
    from relevance.counterfactual import counterfactual_clicks
    from relevance.judging.clicks import estimate_examination
    from relevance.judging.search_sessions import search_sessions
    from shangsou.behaviour.commands.event_log import read_event_log
    from shangsou.text.normalize import normalize

    texts = {query.qid: normalize(query.text) for query in read_queries(queries_path)}
    by_qid = ids_of_run(read_run(run_path))
    run: dict[str, Sequence[str]] = {}
    for qid, product_ids in by_qid.items():
        if qid in texts and run.setdefault(texts[qid], product_ids)[:k] != product_ids[:k]:
            qids = [other for other in by_qid if texts.get(other) == texts[qid]]
            raise UnusableInput(
                f"{run_path}: ranks {texts[qid]!r} in two ways, under the qids {', '.join(qids)}; a log does "
                "not tell them apart: keep one of them in the run"
            )
    if not run:
        raise UnusableInput(
            f"{run_path}: none of its {len(by_qid):,} qids is in {queries_path}; give the queries of the run"
        )
    sessions = search_sessions(read_event_log(events, actions), shown)
    estimates = counterfactual_clicks(sessions, run, estimate_examination(sessions), k=k, clip=clip)
    if as_json:
        click.echo(json.dumps(asdict(estimates)))
    else:
        click.echo(_text(estimates, k))


def _text(estimates: "CounterfactualClicks", k: int) -> str:
    others = estimates.sessions_without_run
    left_out = f"; {others:,} sessions of queries that the run lacks are left out" if others else ""
    rests_on = f"{estimates.clicks:,} clicks, as good as {estimates.effective_clicks:,.0f} of equal weight"
    clipped = f"of these and the logged ones {estimates.clipped:.1%} were cut down to the highest weight"
    never_shown = (
        f"{estimates.never_shown:.1%} of its first {k} places hold products that the log never showed"
    )
    return "\n".join(
        (
            f"{estimates.sessions:,} sessions of {estimates.queries:,} queries{left_out}",
            "",
            f"{'':28}{'this ranking':>26}{'as logged':>12}   difference",
            _row(f"clicks a search, first {k}", estimates.ips),
            _row("share of possible clicks", estimates.snips),
            "",
            f"rests on {rests_on}; {clipped}",
            f"{never_shown}: they count as never clicked",
            _verdict(estimates),
            _LIMITS,
        )
    )


def _row(name: str, estimate: "Estimate") -> str:
    value = f"{estimate.value:.4f}" + _format_interval(estimate.interval, "")
    difference = f"{estimate.difference:+.4f}" + _format_interval(estimate.difference_interval, "+")
    return f"{name:28}{value:>26}{estimate.logged:>12.4f}   {difference}"


def _format_interval(interval: tuple[float, float] | None, sign: str) -> str:
    return "" if interval is None else f" [{interval[0]:{sign}.4f}, {interval[1]:{sign}.4f}]"


def _verdict(estimates: "CounterfactualClicks") -> str:
    if not estimates.clicks:
        return "nobody clicked what it shows first, or the log never showed it: nothing can be told"
    if estimates.clipped > _MAX_CLIPPED:
        return (
            f"no verdict, since more than {_MAX_CLIPPED:.0%} were cut down: give more sessions of each "
            "query, or a higher --clip"
        )
    interval = estimates.ips.difference_interval
    if interval is None:
        return "one query alone: no interval, so chance is not known"
    low, high = interval
    if low > 0:
        return "more clicks than the logged ranking, beyond chance"
    if high < 0:
        reason = ", unless products that the log never showed make up for it" if estimates.never_shown else ""
        return "fewer clicks than the logged ranking, beyond chance" + reason
    return "no difference beyond chance"
