"""`shangsou evaluate events`: search traffic measured from events."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shangsou.behaviour.commands.options import ACTION
from shangsou.errors import UnusableInput
from shangsou.text.plurals import quantity
from shangsou.text.terminal import fit

if TYPE_CHECKING:
    from relevance.offline.traffic import Rate, ShelfTraffic, Traffic, TrafficReport

_RATES = {
    "ctr": "clicked",
    "cart_rate": "cart",
    "conversion_rate": "bought",
    "zero_result_rate": "nothing found",
    "reformulation_rate": "asked anew",
}
_QUERY_WIDTH = 28
# Days that fit into a terminal; the JSON contains every day.
_DAYS = 14


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--top", type=click.IntRange(0), default=20, show_default=True, help="Queries in each of both lists."
)
@ACTION
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def events(files: tuple[Path, ...], *, top: int, actions: tuple[str, ...], as_json: bool) -> None:
    """Measure the search traffic of shoppers.

    From FILEs of events, TSV or JSON as UBI 1.3 has it: clicks, carts, purchases, searches without results
    and reformulated searches, by day and query, with 95 % intervals.
    """
    from relevance.offline.traffic import measure_traffic
    from shangsou.behaviour.actions import read_action_options
    from shangsou.behaviour.commands.event_log import print_rejected
    from shangsou.behaviour.event_files import read_events
    from shangsou.behaviour.report import EventReport

    event_report = EventReport()
    report = measure_traffic(read_events(files, event_report, read_action_options(actions)))
    print_rejected(event_report)
    if not report.all.searches:
        raise UnusableInput(
            f"{', '.join(map(str, files))}: no search by a known session or user among "
            f"{quantity(event_report.accepted, 'event')}; "
            + (
                event_report.text_advice()
                or "name files whose action_name is search, click, add_to_cart or purchase"
            )
        )
    if as_json:
        click.echo(json.dumps(_to_json(report, top), ensure_ascii=False))
    else:
        click.echo(_text(report, top))


def _to_json(report: "TrafficReport", top: int) -> dict[str, object]:
    return {
        **_traffic_to_json(report.all),
        "sessions": report.sessions,
        "days": [{"day": day, **_traffic_to_json(traffic)} for day, traffic in report.days.items()],
        "queries": [
            {"query": name, **_traffic_to_json(traffic)} for name, traffic in _take(report.queries, top)
        ],
        "failing": [
            {"query": name, **_traffic_to_json(traffic)} for name, traffic in _take(report.failing, top)
        ],
        "shelves": [
            {"kind": kind, "shown": traffic.shown}
            | {name: rate and rate._asdict() for name, rate in _shelf_rates(traffic).items()}
            for kind, traffic in report.shelves.items()
        ],
    }


def _traffic_to_json(traffic: "Traffic") -> dict[str, object]:
    rates: dict[str, Rate | None] = {name: getattr(traffic, name) for name in _RATES}
    return {
        "searches": traffic.searches,
        **{name: None if rate is None else rate._asdict() for name, rate in rates.items()},
    }


def _text(report: "TrafficReport", top: int) -> str:
    first, last = next(iter(report.days)), next(reversed(report.days))
    lines = [f"{report.all.searches:,} searches in {report.sessions:,} sessions, {first} to {last}", ""]
    for name, title in _RATES.items():
        rate = getattr(report.all, name)
        lines.append(f"{fit(title, 15)}{_format_rate(rate)}")
    for title, rows in (
        (f"the last {_DAYS} days", list(report.days.items())[-_DAYS:]),
        ("most frequent queries", _take(report.queries, top)),
        (
            "queries that surely fail: fewest clicks by the upper end of the interval",
            _take(report.failing, top),
        ),
    ):
        if rows:
            lines += ["", title, _header()]
            lines += [_row(name, traffic) for name, traffic in rows]
    if report.shelves:
        head = "".join(f"{_RATES[name]:>15}" for name in ("ctr", "cart_rate", "conversion_rate"))
        lines += ["", "shelves", fit("", _QUERY_WIDTH) + f"{'seen':>9}" + head]
        lines += [
            fit(kind, _QUERY_WIDTH)
            + f"{traffic.shown:>9,}"
            + "".join(f"{_format_share(rate):>15}" for rate in _shelf_rates(traffic).values())
            for kind, traffic in report.shelves.items()
        ]
    return "\n".join(lines)


def _shelf_rates(traffic: "ShelfTraffic") -> "dict[str, Rate | None]":
    return {"ctr": traffic.ctr, "cart_rate": traffic.cart_rate, "conversion_rate": traffic.conversion_rate}


def _take(rows: "Mapping[str, Traffic]", top: int) -> "list[tuple[str, Traffic]]":
    return list(rows.items())[:top]


def _header() -> str:
    return fit("", _QUERY_WIDTH) + f"{'searches':>9}" + "".join(f"{title:>15}" for title in _RATES.values())


def _row(name: str, traffic: "Traffic") -> str:
    cells = [_format_share(getattr(traffic, rate)) for rate in _RATES]
    return (
        fit(name or "(empty)", _QUERY_WIDTH)
        + f"{traffic.searches:>9,}"
        + "".join(f"{cell:>15}" for cell in cells)
    )


def _format_share(rate: "Rate | None") -> str:
    return "-" if rate is None else f"{rate.value:.1%}"


def _format_rate(rate: "Rate | None") -> str:
    if rate is None:
        return "not known: no search says what it showed"
    return f"{rate.value:6.1%}  [{rate.low:.1%}, {rate.high:.1%}]"
