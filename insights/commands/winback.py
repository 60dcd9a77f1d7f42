"""`shangsou winback`: whom to win back."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insights.commands.campaign_name import CampaignName
from insights.commands.export_options import HTML, JSON, WITH_IDS, check_outputs, write_export
from insights.commands.order_options import CustomerRecords, OrderOptions, order_options, read_customers
from insights.commands.subcommands import refuse_options_before
from insights.commands.table_options import FILE
from insights.commands.winback_measure import measure
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text
from shangsou.reading.times import CHINA

if TYPE_CHECKING:
    from insights.churn.scores import Numbers, Scores
    from insights.commands.list_run import ListRun
    from insights.winback.campaign_lists import CampaignPlan
    from insights.winback.offer_customers import OfferCustomer
    from insights.winback.offers import Offer
    from insights.winback.selection import Selection
    from insights.winback.terms import CampaignTerms

_MAX_DAYS = 365


@click.group(invoke_without_command=True)
@order_options
@click.option(
    "--campaign", type=CampaignName(), metavar="NAME", help="The name of the campaign; each has its own."
)
@click.option(
    "--budget", type=click.FloatRange(0), metavar="MONEY", help="What contacts and discounts may cost."
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.3,
    show_default=True,
    metavar="SHARE",
    help="What is left of a full price after the cost of the goods.",
)
@click.option(
    "--contact-cost",
    type=click.FloatRange(0),
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
    from insights.winback.selection_summary import selection_json, selection_text
    from insights.winback.terms import CampaignTerms

    run = ListRun.begin()
    _check_is_new(run, campaign)
    run.check_export(out_path)
    terms = CampaignTerms(campaign, budget, contact_cost, margin)
    plan, selection, offers = _draw(run, read_customers(orders), terms, horizon_days, start)
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


def _draw(
    run: "ListRun",
    records: CustomerRecords,
    terms: "CampaignTerms",
    horizon_days: int,
    start: datetime | None,
) -> "tuple[CampaignPlan, Selection, list[Offer]]":
    """Return the customers of a campaign, and the offers of those who are contacted, in their order."""
    from insights.churn.score import score_customers
    from insights.winback.campaign_lists import CampaignPlan
    from insights.winback.margin import less_discount
    from insights.winback.offer_customers import offer_customers
    from insights.winback.selection import choose

    first_day = records.orders.last_day + timedelta(days=1)
    # Nobody is contacted before today, however old the orders are.
    contacted_on = start.date() if start else max(first_day, datetime.now(CHINA).date())
    plan = CampaignPlan(records.orders.last_day, contacted_on, horizon_days, horizon_days)
    if plan.start < first_day:
        raise UnusableInput(f"--start {plan.start}: orders are known up to {plan.as_of}; name a later day")
    scores = _without_refusals(score_customers(records.orders, horizon_days, records.activity))
    customers = offer_customers(scores.customers, scores.probability, scores.as_of, records.events)
    discounts = _discounts(customers, terms.margin_share)
    margins = _incremental_margins(run, records, scores)
    if margins is not None:
        margins = less_discount(margins, discounts, scores.expected_value, terms.margin_share)
    selection = choose(scores, discounts, terms, margins)
    return plan, selection, _make_offers(run, selection, customers, terms)


def _check_is_new(run: "ListRun", campaign: str) -> None:
    """Raise `UnusableInput` for a campaign that was drawn before: its customers may have been contacted."""
    from shangsou.customer_lists.names import hold_out_name, winback_name

    if {winback_name(campaign), hold_out_name(campaign)} & set(run.lists.names()):
        raise UnusableInput(
            f'campaign {campaign} was drawn before: choose another name, or see "shangsou winback measure '
            f'{campaign}"'
        )


def _without_refusals(scores: "Scores") -> "Scores":
    """Return the scores without those who refused marketing."""
    from insights.commands.order_options import event_store
    from shangsou.text.plurals import quantity

    with event_store() as store:
        refused = store.marketing_refused(scores.customers)
    if refused:
        click.echo(f"{quantity(len(refused), 'customer')} refused marketing: left out", err=True)
    return scores.only(set(scores.customers) - refused)


def _discounts(customers: "Sequence[OfferCustomer]", margin: float) -> "Numbers":
    """Return the most that each customer may be offered, so that the budget holds whatever the offer is."""
    import numpy as np

    from insights.winback.discounts import OfferTerms

    terms = OfferTerms(margin)
    return np.array([terms.discount(one.probability, one.full_price_share) for one in customers], np.float64)


def _incremental_margins(run: "ListRun", records: CustomerRecords, scores: "Scores") -> "Numbers | None":
    """Return what each customer is expected to earn for being contacted, before the discount.

    None where past campaigns do not tell.
    """
    from insights.churn.features import customer_features
    from insights.winback.campaign_lists import campaign_names, read_campaign
    from insights.winback.margin import mean_order_amount
    from insights.winback.past_campaigns import uplift_rows
    from insights.winback.uplift import fit_uplift

    campaigns = [read_campaign(run.lists, name) for name in campaign_names(run.lists)]
    if not campaigns:
        return None
    activity = records.activity
    rows = uplift_rows(
        campaigns,
        replace(records.orders, customers=tuple(map(run.lists.pseudonym, records.orders.customers))),
        activity and replace(activity, customers=tuple(map(run.lists.pseudonym, activity.customers))),
    )
    if rows is None:
        click.echo("past campaigns cannot be measured yet: their days are not over", err=True)
        return None
    uplift = fit_uplift(rows)
    click.echo(uplift.to_text(), err=True)
    if not uplift.is_usable:
        return None
    features = customer_features(records.orders, scores.horizon_days, activity)
    position = {one: at for at, one in enumerate(records.orders.customers)}
    won = uplift.predict(features.values[[position[one] for one in scores.customers]])
    # Models tell orders won, at the mean amount; a customer's own amount decides what they are worth.
    return won * scores.expected_value / scores.expected_purchases / mean_order_amount(records.orders)


def _make_offers(
    run: "ListRun",
    selection: "Selection",
    customers: "Sequence[OfferCustomer]",
    terms: "CampaignTerms",
) -> "list[Offer]":
    """Return the offers of those who are contacted, in their order."""
    from insights.customers.sensitive import read_sensitive_words
    from insights.winback.discounts import OfferTerms
    from insights.winback.offers import make_offers
    from shangsou.search.service.searcher import open_searcher

    by_id = {one.id: one for one in customers}
    contacted = [by_id[one] for one in selection.contacted]
    words = read_sensitive_words(run.settings.home)
    searcher = open_searcher(run.settings)
    try:
        return make_offers(contacted, searcher, words, OfferTerms(terms.margin_share))
    finally:
        searcher.close()


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
