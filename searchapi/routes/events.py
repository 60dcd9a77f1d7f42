"""`/v1/events`: what shoppers did."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from flask import Blueprint, Response, request

from searchapi.answers import EventOutcomeAnswer, EventsAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.keys import why_user_does_not_count
from searchapi.problems import InvalidRequest, WrongField
from searchapi.shoppers import refuse_other_sites, wants_no_record, why_session_does_not_count
from searchapi.state import state
from searchapi.validation import MAX_WRONG_FIELDS
from shangsou.behaviour.accept import Flaw, accept_event, hash_of_row
from shangsou.behaviour.columns import flatten
from shangsou.behaviour.event import Event
from shangsou.behaviour.intake import Outcome
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch

MAX_EVENTS = 1_000
"""Of one request; 1 MB holds some 3,000."""

events = Blueprint("events", __name__)
# Why an id does not count, None where it does.
Doubt = Callable[[str], str | None]


@events.post("/v1/events")
def take_events() -> Response:
    """Keep one event or several, and say what became of each."""
    refuse_other_sites(request)
    plain = read_json(request)
    batch = plain if isinstance(plain, list) else [plain]
    if len(batch) > MAX_EVENTS:
        raise InvalidRequest([WrongField("", f"{len(batch):,} events; at most {MAX_EVENTS:,} at once")])
    key = state().settings.admin_key
    doubt_user: Doubt = cache(lambda user_id: why_user_does_not_count(request, user_id, key))
    doubt_session: Doubt = cache(lambda session_id: why_session_does_not_count(request, session_id, key))
    read = [_read(one, doubt_user, doubt_session) for one in batch]
    wrong = [WrongField(_path(plain, place, flaws), flaws[-1].repair.what)
             for place, (event, flaws) in enumerate(read) if event is None]  # fmt: skip
    if wrong and len(wrong) == len(batch):
        raise InvalidRequest(wrong[:MAX_WRONG_FIELDS])
    usable = [event for event, _ in read if event is not None]
    if wants_no_record(request):
        taken = [Outcome("dropped", "no record", "the browser asks for no record")] * len(usable)
    else:
        taken = state().events.take(usable)
    answer = _answer(read, taken)
    state().metrics.count_events([*taken, *[Outcome("rejected")] * len(wrong)], answer.unknown_products)
    return Response(dump_json(answer.model_dump()), content_type="application/json")


def _read(plain: object, doubt_user: Doubt, doubt_session: Doubt) -> tuple[Event | None, list[Flaw]]:
    if not isinstance(plain, dict):
        return None, [Flaw.of("", "the event is no JSON object")]
    event, flaws = accept_event(flatten(plain), partial(hash_of_row, plain))
    if event is None:
        return None, flaws
    why_no_user = doubt_user(event.user_id) if event.user_id else None
    if why_no_user is not None:
        event = replace(event, user_id="")
        flaws.append(Flaw.of("user_id", why_no_user))
    why_no_session = doubt_session(event.session_id) if event.session_id else None
    if why_no_session is not None:
        event = replace(event, session_id="")
        flaws.append(Flaw.of("session_id", why_no_session))
    is_nobodys = (why_no_user or why_no_session) and not (event.user_id or event.session_id)
    return (None if is_nobodys else event), flaws


def _answer(read: Sequence[tuple[Event | None, list[Flaw]]], taken: Sequence[Outcome]) -> EventsAnswer:
    counts = {"accepted": 0, "duplicate": 0, "dropped": 0, "rejected": 0}
    told: list[EventOutcomeAnswer] = []
    products: set[str] = set()
    outcomes = iter(taken)
    for place, (event, flaws) in enumerate(read):
        outcome = Outcome("rejected") if event is None else next(outcomes)
        counts[outcome.status] += 1
        if event is not None and outcome.status == "accepted" and event.product_id:
            products.add(event.product_id)
        words = [f"{flaw.repair.what}; {flaw.repair.done}" for flaw in flaws] + [outcome.detail]
        detail = "; ".join(filter(None, words))
        if detail:
            told.append(EventOutcomeAnswer(index=place, status=outcome.status, detail=detail))
    return EventsAnswer(
        accepted=counts["accepted"],
        duplicates=counts["duplicate"],
        dropped=counts["dropped"],
        rejected=counts["rejected"],
        unknown_products=_count_unknown(products),
        events=told,
    )


def _count_unknown(products: set[str]) -> int:
    """Return how many of these are not on sale; 0 while there is no index to ask."""
    try:
        return len(products) - len(state().searcher.known(sorted(products))) if products else 0
    except (NoIndex, RecipeMismatch, EngineUnavailable):
        return 0


def _path(plain: object, place: int, flaws: Sequence[Flaw]) -> str:
    field = flaws[-1].field
    if not isinstance(plain, list):
        return field
    return f"{place}.{field}" if field else str(place)
