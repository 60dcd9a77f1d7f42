"""The customers of a win-back campaign, and their offers, by the records of a home."""

from dataclasses import replace
from datetime import datetime, timedelta

import click

from insights.churn.score import score_customers
from insights.churn.scores import Numbers, Scores
from insights.commands.list_run import ListRun
from insights.commands.order_options import CustomerRecords, event_store
from insights.customers.orders import Orders
from insights.customers.sensitive import read_sensitive_words
from insights.winback.campaign_lists import CampaignPlan, campaign_names, read_campaign
from insights.winback.discounts import OfferTerms
from insights.winback.incremental_margins import incremental_margins
from insights.winback.margin import less_discount
from insights.winback.offer_customers import offer_customers
from insights.winback.offer_products import OfferProducts
from insights.winback.offers import Offer, make_offers, offered_discounts
from insights.winback.selection import Selection, choose
from insights.winback.terms import CampaignTerms
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from shangsou.search.service.searcher import open_searcher
from shangsou.text.plurals import quantity

_MAX_DAYS_AHEAD = 365
# A weekly export leaves so many days unknown at most.
_MAX_DAYS_UNKNOWN = 7


def draw_campaign(
    run: ListRun,
    records: CustomerRecords,
    terms: CampaignTerms,
    horizon_days: int,
    start: datetime | None,
) -> tuple[CampaignPlan, Selection, list[Offer]]:
    """Return the customers of a campaign, and the offers of those who are contacted, in their order.

    Raises `UnusableInput` for a campaign that could not be measured, and where nobody can be scored.
    """
    plan = _plan(records.orders, horizon_days, start, run.settings.lists_days)
    scores = _without_refusals(score_customers(records.orders, horizon_days, records.activity))
    customers = offer_customers(scores.customers, scores.probability, scores.as_of, records.events)
    margins = _incremental_margins(run, records, scores, terms.margin_share)
    offer_terms = OfferTerms(terms.margin_share)
    searcher = open_searcher(run.settings)
    try:
        products = OfferProducts(searcher, read_sensitive_words(run.settings.home))
        products.read_carts(customers)
        discounts = offered_discounts(customers, products, offer_terms)
        if margins is not None:
            margins = less_discount(margins, discounts, scores.expected_value, terms.margin_share)
        selection = choose(scores, discounts, terms, margins)
        customer_of = {one.id: one for one in customers}
        contacted = [customer_of[one] for one in selection.contacted]
        return plan, selection, make_offers(contacted, products, offer_terms)
    finally:
        searcher.close()


def _plan(orders: Orders, horizon_days: int, start: datetime | None, lists_days: int) -> CampaignPlan:
    today, as_of = datetime.now(CHINA).date(), orders.last_day
    first_day = as_of + timedelta(days=1)
    # Nobody is contacted before today, however old the orders are.
    contacted_on = start.date() if start else max(first_day, today)
    if contacted_on < first_day:
        raise UnusableInput(f"--start {contacted_on}: orders are known up to {as_of}; name a later day")
    if (contacted_on - today).days > _MAX_DAYS_AHEAD:
        raise UnusableInput(f"--start {contacted_on} is more than a year from today; name an earlier day")
    if (contacted_on - first_day).days >= _MAX_DAYS_UNKNOWN:
        click.echo(
            f"orders are known up to {as_of}, {(contacted_on - as_of).days:,} days before the start: who has "
            "bought since is not known; give later orders",
            err=True,
        )
    days_to_wait = (contacted_on - today).days + horizon_days
    if days_to_wait > lists_days:
        click.echo(
            f"lists are removed after {quantity(lists_days, 'day')}, and this campaign is over in "
            f"{days_to_wait:,}: set SHANGSOU_LISTS_DAYS to more than that until it is measured",
            err=True,
        )
    return CampaignPlan(orders.first_day, as_of, contacted_on, horizon_days, horizon_days)


def _without_refusals(scores: Scores) -> Scores:
    """Return the scores without those who refused marketing."""
    with event_store() as store:
        refused = store.marketing_refused(scores.customers)
    if refused:
        click.echo(f"{quantity(len(refused), 'customer')} refused marketing: left out", err=True)
    return scores.only(set(scores.customers) - refused)


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
