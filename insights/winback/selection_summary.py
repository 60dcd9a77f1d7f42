"""The summary of a campaign as text and as JSON: of all its customers, and of no single one."""

from collections import Counter
from collections.abc import Sequence

from insights.reports.small_groups import MIN_GROUP
from insights.winback.campaign_lists import CampaignPlan
from insights.winback.offers import Offer
from insights.winback.selection import Selection
from shangsou.text.plurals import quantity


def selection_text(selection: Selection, offers: Sequence[Offer], plan: CampaignPlan) -> str:
    """Return lines for a terminal."""
    held_out = int(selection.is_held_out.sum())
    terms = selection.terms
    lines = [
        f"campaign {terms.name}: contact {quantity(len(offers), 'customer')} on {plan.start}",
        f"expected to cost {selection.expected_cost:,.2f} of a budget of {terms.budget:,.2f}",
        f"held out, not to be contacted: {quantity(held_out, 'customer')}",
        f"{selection.considered:,} considered; not chosen:",
        *(f"  {reason}" for reason in exclusion_reasons(selection)),
        "offers:",
    ]
    lines += [f"  {kind}: {quantity(count, 'offer')}" for kind, count in _offers(offers)]
    lines.append(f"measure it after {plan.measuring_days} days with: shangsou winback measure {terms.name}")
    return "\n".join(lines)


def exclusion_reasons(selection: Selection) -> list[str]:
    """Return why customers were not chosen, with how many."""
    excluded = selection.excluded
    return [
        f"{excluded.buy_anyway:,} who buy anyway",
        f"{excluded.cannot_pay:,} for whom no offer can pay",
        f"{excluded.unknown_value:,} of whom no amount is known",
        f"{excluded.beyond_budget:,} beyond the budget",
    ]


def selection_json(selection: Selection, offers: Sequence[Offer], plan: CampaignPlan) -> dict[str, object]:
    """Return plain JSON values."""
    excluded, terms = selection.excluded, selection.terms
    return {
        "campaign": terms.name,
        "as_of": plan.as_of.isoformat(),
        "start": plan.start.isoformat(),
        "measuring_days": plan.measuring_days,
        "basis": selection.basis,
        "contacted": len(offers),
        "held_out": int(selection.is_held_out.sum()),
        "budget": terms.budget,
        "expected_cost": round(selection.expected_cost, 2),
        "considered": selection.considered,
        "excluded": {
            "buy_anyway": excluded.buy_anyway,
            "cannot_pay": excluded.cannot_pay,
            "unknown_value": excluded.unknown_value,
            "beyond_budget": excluded.beyond_budget,
        },
        "offers": dict(Counter(offer.kind for offer in offers)),
        "notes": [note.english for note in selection.notes],
    }


def _offers(offers: Sequence[Offer]) -> list[tuple[str, int]]:
    """Return the kinds of offers with their numbers, the commonest first, small ones left out."""
    counts = Counter(offer.kind for offer in offers)
    return [(kind, count) for kind, count in counts.most_common() if count >= MIN_GROUP]
