"""`/v1/events`: what shoppers did."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from flask import Blueprint, Response, request

from searchapi.answers import EventOutcomeAnswer, EventsAnswer
from searchapi.json_text import dump_json, read_json
from searchapi.keys import why_user_does_not_count
from searchapi.problems import InvalidRequest, WrongField
from searchapi.shoppers import wants_no_record, why_session_does_not_count
from searchapi.state import state
from searchapi.validation import MAX_WRONG_FIELDS
from shangsou.behaviour.accept import Flaw, accept_event, hash_of_row
from shangsou.behaviour.columns import flatten
from shangsou.behaviour.event import Event
from shangsou.behaviour.intake import Outcome
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch
from shangsou.reading.repair import shown

MAX_EVENTS = 1_000
"""Of one request; 1 MB holds some 3,000."""

events = Blueprint("events", __name__)
# Why an id does not count, None where it does.
Doubt = Callable[[str], str | None]


@events.post("/v1/events")
def take_events() -> Response:
    """Keep one event or several, and say what became of each."""
    plain = read_json(request)
    batch = plain if isinstance(plain, list) else [plain]
    if len(batch) > MAX_EVENTS:
        raise InvalidRequest([WrongField("", f"{len(batch):,} events; at most {MAX_EVENTS:,} at once")])
    key = state().settings.admin_key
    doubt_user: Doubt = cache(lambda user_id: why_user_does_not_count(request, user_id, key))
    doubt_session: Doubt = cache(lambda session_id: why_session_does_not_count(request, session_id, key))
    read = [_read(one, doubt_user, doubt_session) for one in batch]
    refused = [(place, flaws) for place, (event, flaws) in enumerate(read) if event is None]
    wrong = [WrongField(_path(plain, place, flaws), flaws[-1].repair.what) for place, flaws in refused]
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
    usable = [event for event, _ in read if event is not None]
    accepted = [event for event, one in zip(usable, taken, strict=True) if one.status == "accepted"]
    unknown = _unknown({event.product_id for event in accepted if event.product_id})
    outcomes = iter(taken)
    for place, (event, flaws) in enumerate(read):
        outcome = Outcome("rejected") if event is None else next(outcomes)
        counts[outcome.status] += 1
        words = [f"{flaw.repair.what}; {flaw.repair.done}" for flaw in flaws] + [outcome.detail]
        if event is not None and outcome.status == "accepted" and event.product_id in unknown:
            words.append(f"product {shown(event.product_id)} is not on sale")
        detail = "; ".join(filter(None, words))
        if detail:
            told.append(EventOutcomeAnswer(index=place, status=outcome.status, detail=detail))
    return EventsAnswer(
        accepted=counts["accepted"],
        duplicates=counts["duplicate"],
        dropped=counts["dropped"],
        rejected=counts["rejected"],
        unknown_products=len(unknown),
        events=told,
    )


def _unknown(products: set[str]) -> set[str]:
    """Return which of these are not on sale; none while there is no index to ask."""
    try:
        return products - state().searcher.known(sorted(products)) if products else set()
    except (NoIndex, RecipeMismatch, EngineUnavailable):
        return set()


def _path(plain: object, place: int, flaws: Sequence[Flaw]) -> str:
    field = flaws[-1].field
    if not isinstance(plain, list):
        return field
    return f"{place}.{field}" if field else str(place)
