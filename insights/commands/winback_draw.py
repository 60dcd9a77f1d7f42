"""The customers of a win-back campaign, and their offers, by the records of a home."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import click
import numpy as np

from insights.churn.score import score_customers
from insights.churn.scores import Numbers, Scores
from insights.commands.list_run import ListRun
from insights.commands.order_options import CustomerRecords, event_store
from insights.customers.sensitive import read_sensitive_words
from insights.winback.campaign_lists import CampaignPlan, campaign_names, read_campaign
from insights.winback.discounts import OfferTerms
from insights.winback.incremental_margins import incremental_margins
from insights.winback.margin import less_discount
from insights.winback.offer_customers import OfferCustomer, offer_customers
from insights.winback.offers import Offer, make_offers
from insights.winback.selection import Selection, choose
from insights.winback.terms import CampaignTerms
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from shangsou.search.service.searcher import open_searcher
from shangsou.text.plurals import quantity


def draw_campaign(
    run: ListRun,
    records: CustomerRecords,
    terms: CampaignTerms,
    horizon_days: int,
    start: datetime | None,
) -> tuple[CampaignPlan, Selection, list[Offer]]:
    """Return the customers of a campaign, and the offers of those who are contacted, in their order."""
    first_day = records.orders.last_day + timedelta(days=1)
    # Nobody is contacted before today, however old the orders are.
    contacted_on = start.date() if start else max(first_day, datetime.now(CHINA).date())
    plan = CampaignPlan(records.orders.last_day, contacted_on, horizon_days, horizon_days)
    if plan.start < first_day:
        raise UnusableInput(f"--start {plan.start}: orders are known up to {plan.as_of}; name a later day")
    scores = _without_refusals(score_customers(records.orders, horizon_days, records.activity))
    customers = offer_customers(scores.customers, scores.probability, scores.as_of, records.events)
    discounts = _discounts(customers, terms.margin_share)
    margins = _incremental_margins(run, records, scores, terms.margin_share)
    if margins is not None:
        margins = less_discount(margins, discounts, scores.expected_value, terms.margin_share)
    selection = choose(scores, discounts, terms, margins)
    return plan, selection, _make_offers(run, selection, customers, terms)


def _without_refusals(scores: Scores) -> Scores:
    """Return the scores without those who refused marketing."""
    with event_store() as store:
        refused = store.marketing_refused(scores.customers)
    if refused:
        click.echo(f"{quantity(len(refused), 'customer')} refused marketing: left out", err=True)
    return scores.only(set(scores.customers) - refused)


def _discounts(customers: Sequence[OfferCustomer], margin: float) -> Numbers:
    """Return the most that each customer may be offered, so that the budget holds whatever the offer is."""
    terms = OfferTerms(margin)
    return np.array([terms.discount(one.probability, one.full_price_share) for one in customers], np.float64)


def _incremental_margins(
    run: ListRun, records: CustomerRecords, scores: Scores, margin_share: float
) -> Numbers | None:
    """Return what each customer is expected to earn for being contacted, before the discount.

    None where past campaigns do not tell.
    """
    campaigns = [read_campaign(run.lists, name) for name in campaign_names(run.lists)]

    def names(customers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(run.lists.pseudonym, customers))

    orders, activity = records.orders, records.activity
    learned = incremental_margins(
        campaigns,
        replace(orders, customers=names(orders.customers)),
        activity and replace(activity, customers=names(activity.customers)),
        replace(scores, customers=names(scores.customers)),
        margin_share,
    )
    for note in learned.notes:
        click.echo(note, err=True)
    return learned.margin


def _make_offers(
    run: ListRun,
    selection: Selection,
    customers: Sequence[OfferCustomer],
    terms: CampaignTerms,
) -> list[Offer]:
    """Return the offers of those who are contacted, in their order."""
    by_id = {one.id: one for one in customers}
    contacted = [by_id[one] for one in selection.contacted]
    words = read_sensitive_words(run.settings.home)
    searcher = open_searcher(run.settings)
    try:
        return make_offers(contacted, searcher, words, OfferTerms(terms.margin_share))
    finally:
        searcher.close()
