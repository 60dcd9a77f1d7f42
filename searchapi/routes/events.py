"""`/v1/events`: shopper events."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

from flask import Blueprint, Response, request

from searchapi.authorization import caller, require_unless_public
from searchapi.browser_events import as_of_browser
from searchapi.identity import opts_out_of_tracking, session_rejection_reason, user_rejection_reason
from searchapi.json_text import json_response, read_json
from searchapi.problems import FieldError, InvalidRequest
from searchapi.restricted_search import search_of_caller
from searchapi.schema.responses import EventOutcomeResponse, EventsResponse
from searchapi.schema.validation import MAX_FIELD_ERRORS
from searchapi.state import state
from shangsou.behaviour.columns import flatten
from shangsou.behaviour.event import Event
from shangsou.behaviour.ingest import IngestOutcome
from shangsou.behaviour.parse import FieldIssue, hash_row, parse_event
from shangsou.errors import EngineUnavailable, NoIndex, RecipeMismatch
from shangsou.reading.issue import excerpt

MAX_EVENTS = 1_000
"""Events in one request; 1 MB holds about 3,000."""

events = Blueprint("events", __name__)
# The reason why an id is not trusted, None if it is.
RejectionCheck = Callable[[str], str | None]


@events.post("/v1/events")
def ingest_events() -> Response:
    """Ingest one event or several, and return the outcome of each."""
    require_unless_public("events")
    payload = read_json(request)
    batch = payload if isinstance(payload, list) else [payload]
    if len(batch) > MAX_EVENTS:
        raise InvalidRequest([FieldError("", f"{len(batch):,} events; at most {MAX_EVENTS:,} at once")])
    state().limits.check_events(caller(), len(batch))
    check_user: RejectionCheck = cache(
        lambda user_id: user_rejection_reason(request, user_id, "shopping", "events")
    )
    check_session: RejectionCheck = cache(session_rejection_reason)
    parsed_events = [_parse(item, check_user, check_session) for item in batch]
    rejected = [(position, issues) for position, (event, issues) in enumerate(parsed_events) if event is None]
    errors = [
        FieldError(_path(payload, position, issues), issues[-1].issue.problem)
        for position, issues in rejected
    ]
    if errors and len(errors) == len(batch):
        raise InvalidRequest(errors[:MAX_FIELD_ERRORS])
    is_of_shop = caller().may("events")
    usable = [event for event, _ in parsed_events if event is not None]
    if opts_out_of_tracking(request):
        outcomes = [IngestOutcome("dropped", "no record", "the browser asks for no record")] * len(usable)
    else:
        if not is_of_shop:
            allows_purchase = partial(state().limits.allows_purchase, address=caller().address)
            usable = [as_of_browser(event, allows_purchase) for event in usable]
        outcomes = state().events.ingest(usable, by_arrival=not is_of_shop)
    response = _summarize(parsed_events, outcomes)
    state().metrics.count_events(
        [*outcomes, *[IngestOutcome("rejected")] * len(errors)], response["unknown_products"]
    )
    return json_response(response)


def _parse(
    payload: object, check_user: RejectionCheck, check_session: RejectionCheck
) -> tuple[Event | None, list[FieldIssue]]:
    if not isinstance(payload, dict):
        return None, [FieldIssue.of("", "the event is no JSON object")]
    event, issues = parse_event(flatten(payload), partial(hash_row, payload))
    if event is None:
        return None, issues
    user_rejection = check_user(event.user_id) if event.user_id else None
    if user_rejection is not None:
        event = replace(event, user_id="")
        issues.append(FieldIssue.of("user_id", user_rejection))
    session_rejection = check_session(event.session_id) if event.session_id else None
    if session_rejection is not None:
        event = replace(event, session_id="")
        issues.append(FieldIssue.of("session_id", session_rejection))
    has_no_owner = (user_rejection or session_rejection) and not (event.user_id or event.session_id)
    return (None if has_no_owner else event), issues


def _summarize(
    parsed_events: Sequence[tuple[Event | None, list[FieldIssue]]], outcomes: Sequence[IngestOutcome]
) -> EventsResponse:
    counts = {"accepted": 0, "duplicate": 0, "dropped": 0, "rejected": 0}
    event_outcomes: list[EventOutcomeResponse] = []
    usable = [event for event, _ in parsed_events if event is not None]
    accepted = [
        event for event, outcome in zip(usable, outcomes, strict=True) if outcome.status == "accepted"
    ]
    unknown = _unknown_products({event.product_id for event in accepted if event.product_id})
    remaining = iter(outcomes)
    for position, (event, issues) in enumerate(parsed_events):
        outcome = IngestOutcome("rejected") if event is None else next(remaining)
        counts[outcome.status] += 1
        details = [
            f"{field_issue.issue.problem}; {field_issue.issue.resolution}" for field_issue in issues
        ] + [outcome.detail]
        if event is not None and outcome.status == "accepted" and event.product_id in unknown:
            details.append(f"product {excerpt(event.product_id)} is not on sale")
        detail = "; ".join(filter(None, details))
        if detail:
            event_outcomes.append({"index": position, "status": outcome.status, "detail": detail})
    return {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "dropped": counts["dropped"],
        "rejected": counts["rejected"],
        "unknown_products": len(unknown),
        "events": event_outcomes,
    }


def _unknown_products(product_ids: set[str]) -> set[str]:
    """Return which of these are not on sale; none while there is no index."""
    try:
        return product_ids - search_of_caller("events").known(sorted(product_ids)) if product_ids else set()
    except (NoIndex, RecipeMismatch, EngineUnavailable):
        return set()


def _path(payload: object, position: int, issues: Sequence[FieldIssue]) -> str:
    field = issues[-1].field
    if not isinstance(payload, list):
        return field
    return f"{position}.{field}" if field else str(position)
