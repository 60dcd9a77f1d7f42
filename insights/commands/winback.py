"""`shangsou winback`: whom to win back."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.campaign_name import CampaignName
from insights.commands.export_options import HTML, JSON, WITH_IDS, check_outputs, write_export
from insights.commands.finite_range import FiniteRange
from insights.commands.order_options import OrderOptions, order_options, read_customers
from insights.commands.subcommands import refuse_options_before
from insights.commands.table_options import FILE
from insights.commands.winback_discard import discard
from insights.commands.winback_measure import measure
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text

if TYPE_CHECKING:
    from insights.commands.list_run import ListRun
    from insights.winback.campaign_lists import CampaignPlan
    from insights.winback.offers import Offer
    from insights.winback.selection import Selection

_MAX_DAYS = 365


@click.group(invoke_without_command=True)
@order_options
@click.option(
    "--campaign", type=CampaignName(), metavar="NAME", help="The name of the campaign; each has its own."
)
@click.option("--budget", type=FiniteRange(0), metavar="MONEY", help="What contacts and discounts may cost.")
@click.option(
    "--margin",
    type=FiniteRange(0, 1, min_open=True),
    default=0.3,
    show_default=True,
    metavar="SHARE",
    help="What is left of a full price after the cost of the goods.",
)
@click.option(
    "--contact-cost",
    type=FiniteRange(0),
    default=0.1,
    show_default=True,
    metavar="MONEY",
    help="Of contacting one customer, as by a text message.",
)
@click.option(
    "--horizon-days",
    type=click.IntRange(1, _MAX_DAYS),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Who does not buy again within so many days? Also the time that is measured.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which customers are contacted; by default today, or the day after the last order.",
)
@click.option(
    "--out",
    "out_path",
    type=FILE,
    help="Write who is to be contacted, with an offer each: .csv or .tsv, or .xlsx in Chinese.",
)
@WITH_IDS
@HTML
@JSON
@click.pass_context
def winback(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    orders: OrderOptions,
    campaign: str | None,
    budget: float | None,
    margin: float,
    contact_cost: float,
    horizon_days: int,
    start: datetime | None,
    out_path: Path | None,
    with_ids: bool,
    html_path: Path | None,
    as_json: bool,
) -> None:
    """Choose whom to win back within a budget, with an offer each.

    One in ten of the customers chosen, but at least 500, is held out at random: do not contact them. Without
    them nobody can tell afterwards what the campaign gained.
    """
    if context.invoked_subcommand is not None:
        refuse_options_before(context)
        return
    if campaign is None or budget is None:
        raise click.UsageError(
            f"missing option '{'--campaign' if campaign is None else '--budget'}'", context
        )
    check_outputs(context, orders, out_path, html_path, with_ids=with_ids)

    from insights.commands.list_run import ListRun
    from insights.commands.winback_draw import draw_campaign
    from insights.winback.selection_summary import exclusion_reasons, selection_json, selection_text
    from insights.winback.terms import CampaignTerms

    run = ListRun.begin()
    _check_is_new(run, campaign)
    run.check_export(out_path)
    terms = CampaignTerms(campaign, budget, contact_cost, margin)
    plan, selection, offers = draw_campaign(run, read_customers(orders), terms, horizon_days, start)
    if not selection.customers:
        reasons = "; ".join(exclusion_reasons(selection))
        raise UnusableInput(f"nobody is worth contacting within the budget: {reasons}. Nothing was kept")
    _check_overlaps(run, selection, plan)
    selection, offers = _keep(run, selection, offers, plan)
    if out_path is not None:
        _export(run, out_path, selection, offers, with_ids=with_ids)
    if html_path is not None:
        from insights.reports.winback import winback_page

        write_text(html_path, winback_page(selection, offers, plan.start, plan.measuring_days))
    for note in selection.notes:
        click.echo(note.english, err=True)
    for problem in sorted({problem.message for offer in offers for problem in offer.degraded}):
        click.echo(f"degraded: {problem}", err=True)
    if as_json:
        click.echo(json.dumps(selection_json(selection, offers, plan), ensure_ascii=False))
    else:
        click.echo(selection_text(selection, offers, plan))


def _check_is_new(run: "ListRun", campaign: str) -> None:
    """Raise `UnusableInput` for a campaign that was drawn before: its customers may have been contacted.

    Where a run was killed after the hold-out and before the list of the contacted, nobody can have been: what
    is there is removed.
    """
    from shangsou.customer_lists.names import hold_out_name, winback_name

    names = set(run.lists.names())
    if winback_name(campaign) in names:
        raise UnusableInput(
            f'campaign {campaign} was drawn before: choose another name, see "shangsou winback measure '
            f'{campaign}", or, if nobody was contacted, "shangsou winback discard {campaign}"'
        )
    if hold_out_name(campaign) in names:
        run.remove(hold_out_name(campaign))


def _check_overlaps(run: "ListRun", selection: "Selection", plan: "CampaignPlan") -> None:
    """Raise `UnusableInput` for customers of a campaign of the same day; name those that are cut short."""
    from insights.winback.campaign_lists import campaign_names, read_campaign
    from shangsou.text.plurals import quantity

    customers = {run.lists.pseudonym(one) for one in selection.customers}
    for name in campaign_names(run.lists):
        other = read_campaign(run.lists, name).campaign
        shared = customers.intersection(other.customers)
        if not shared or not other.start <= plan.start <= other.last_day:
            continue
        if other.start == plan.start:
            raise UnusableInput(
                f"campaign {name} starts on {plan.start} too and has {quantity(len(shared), 'customer')} of "
                "this one: a purchase cannot count for both. Name another day by --start, or remove that "
                f'campaign if nobody was contacted: "shangsou winback discard {name}"'
            )
        click.echo(
            f"campaign {name} is measured up to {plan.start} alone, and not up to {other.last_day}: it has "
            f"{quantity(len(shared), 'customer')} of this one",
            err=True,
        )


def _keep(
    run: "ListRun", selection: "Selection", offers: "list[Offer]", plan: "CampaignPlan"
) -> "tuple[Selection, list[Offer]]":
    """Keep both lists in the home, the hold-out first; return what is left of them after erasures."""
    from insights.winback.campaign_lists import hold_out_list, winback_list

    pseudonyms = {one: run.lists.pseudonym(one) for one in selection.customers}
    held_out = run.keep(hold_out_list(selection, plan, pseudonyms, run.read_at))
    treated = run.keep(winback_list(selection, offers, plan, pseudonyms, run.read_at))
    kept = {row[0] for row in (*held_out.rows, *treated.rows)}
    return _only(selection, offers, {one for one, name in pseudonyms.items() if name in kept})


def _only(
    selection: "Selection", offers: "list[Offer]", customers: AbstractSet[str]
) -> "tuple[Selection, list[Offer]]":
    offer_of = dict(zip(selection.contacted, offers, strict=True))
    chosen = selection.only(customers)
    return chosen, [offer_of[one] for one in chosen.contacted]


def _export(
    run: "ListRun", path: Path, selection: "Selection", offers: "list[Offer]", *, with_ids: bool
) -> None:
    """Write those who are contacted to a file of the user: the hold-out is never in it."""
    from insights.reports.winback_sheet import winback_sheet
    from insights.winback.campaign_lists import HEADER, winback_rows
    from shangsou.customer_lists.names import winback_name

    def write(names: Mapping[str, str]) -> None:
        chosen, chosen_offers = _only(selection, offers, names.keys())
        write_export(
            path,
            HEADER,
            lambda: winback_rows(chosen, chosen_offers, names),
            lambda: winback_sheet(chosen, chosen_offers, names.__getitem__),
            run.read_at,
        )

    run.export(winback_name(selection.terms.name), path, selection.contacted, write, with_ids=with_ids)


winback.add_command(measure)
winback.add_command(discard)
