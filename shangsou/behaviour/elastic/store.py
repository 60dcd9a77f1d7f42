"""The `EventStore` in Elasticsearch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from shangsou.behaviour.elastic.documents import document_id, event_document, from_us, read_event, to_us
from shangsou.behaviour.elastic.indices import BulkItem, EventIndices
from shangsou.behaviour.event import PREFERENCE_ACTIONS, Event
from shangsou.behaviour.session_owners import OwnershipUpdate, SessionOwner, assign_owners
from shangsou.behaviour.store import DeletionCounts, ForgottenShoppers, ShopperState
from shangsou.engines.elastic.access import ElasticAccess

Changes = dict[tuple[str, str], dict[str, object]]
"""Changes of the state of shoppers, by (`user` or `session`, id)."""

# Events of one moment in the order received: documents of two requests may change places at a refresh.
_OLDEST_FIRST = ("at_us", "received_us")
# Users asked about in one request: a list of customers may have a hundred thousand.
_PAGE_SIZE = 2_000


class ElasticEventStore:
    """Events in indices beside the products'. A bulk request is durable once it is answered."""

    def __init__(self, access: ElasticAccess) -> None:
        """`access` is closed with the store."""
        self._indices = EventIndices(access)
        # Within a process, one thread at a time links a session.
        self._adding_lock = Lock()

    def add(self, events: Sequence[Event]) -> list[bool]:
        """Keep events, and return which are new."""
        if not events:
            return []
        self._indices.create()
        with self._adding_lock:
            known = self._shoppers(
                {("user", event.user_id) for event in events}
                | {("session", event.session_id) for event in events}
            )
            distinct: dict[str, Event] = {}
            for event in events:
                kept = distinct.setdefault(event.event_id, event)
                distinct[event.event_id] = _completed(kept, event)
            new_events = [event for event in distinct.values() if not _is_forgotten(event, known)]
            added = self._create(new_events, known)
        new = []
        for event in events:
            new.append(event.event_id in added)
            added.discard(event.event_id)
        return new

    def shopper(self, user_id: str, session_id: str) -> ShopperState:
        """Return the state of a user and a session."""
        known = self._shoppers({("user", user_id), ("session", session_id)})
        changed_us = max((document.get("changed_us", 0) for document in known.values()), default=0)
        return ShopperState(
            changed_at=from_us(changed_us) if changed_us else None,
            linked_user=known.get(("session", session_id), {}).get("linked_user", ""),
            opted_out=any(document.get("opted_out") for document in known.values()),
            flagged=any(document.get("flagged_us", 0) for document in known.values()),
        )

    def latest(
        self, user_id: str, session_id: str, limit: int, received_by: datetime | None = None
    ) -> list[Event]:
        """Return a shopper's events with products, without impressions, newest first."""
        session = self._shoppers({("session", session_id)}).get(("session", session_id), {})
        owner_filters: list[Mapping[str, object]] = []
        if user_id:
            owner_filters.append({"term": {"owner": user_id}})
            if session_id and not session.get("linked_user"):
                owner_filters.append(_all_of({"term": {"session_id": session_id}}, {"term": {"owner": ""}}))
        elif session_id:
            since = {"range": {"at_us": {"gte": session.get("linked_us", 0)}}}
            owner_filters.append(_all_of({"term": {"session_id": session_id}}, since))
        if not owner_filters:
            return []
        limits: list[Mapping[str, object]] = [{"term": {"telling": True}}]
        if received_by is not None:
            limits.append({"range": {"received_us": {"lte": to_us(received_by)}}})
        self._indices.refresh(self._indices.events)
        documents = self._indices.find(
            self._indices.events,
            _all_of(*limits, {"bool": {"should": owner_filters, "minimum_should_match": 1}}),
            [{"at_us": "desc"}, {"received_us": "desc"}],
            limit,
        )
        return [read_event(document) for document in documents]

    def events_of(self, user_id: str = "", session_id: str = "") -> Iterator[Event]:
        """Yield every event of a user, or of a session without a user, oldest first."""
        for document in self._indices.stream(
            self._indices.events, _owner_filter(user_id, session_id), _OLDEST_FIRST
        ):
            yield read_event(document)

    def scan(self, since: datetime) -> Iterator[Event]:
        """Yield every event since a moment, oldest first, without those of flagged shoppers."""
        flagged = {
            (document["kind"], document["id"])
            for document in self._indices.stream(
                self._indices.shoppers, {"range": {"flagged_us": {"gt": 0}}}, []
            )
            if document["id"]
        }
        query = {"range": {"at_us": {"gte": to_us(since)}}}
        for document in self._indices.stream(self._indices.events, query, _OLDEST_FIRST):
            if not flagged & {("user", document["owner"]), ("session", document["session_id"])}:
                yield read_event(document)

    def forget(self, user_id: str = "", session_id: str = "") -> DeletionCounts:
        """Delete the data of a user, or of a session without a user."""
        self._indices.create()
        now_us = to_us(datetime.now(UTC))
        events = self._remove(self._indices.events, _owner_filter(user_id, session_id))
        sessions = 0
        if user_id:
            linked = {"term": {"linked_user": user_id}}
            for ids in self._indices.find_ids(self._indices.shoppers, linked):
                sessions += len(ids)
                # Of sessions of a user who is forgotten no id is kept either.
                change = {
                    "doc": {
                        "id": "",
                        "linked_user": "",
                        "linked_us": 0,
                        "changed_us": now_us,
                        "forgotten_us": now_us,
                    }
                }
                self._indices.write(
                    self._indices.shoppers, [({"update": {"_id": doc_id}}, change) for doc_id in ids]
                )
        kind, name = ("user", user_id) if user_id else ("session", session_id)
        # The document's id, a hash, is enough to know them again.
        tombstone = {"id": "", "changed_us": now_us, "forgotten_us": now_us, "flagged_us": 0}
        self._update_shoppers({(kind, name): tombstone})
        return DeletionCounts(events, sessions)

    def forgotten(self, user_ids: Sequence[str], session_ids: Sequence[str] = ()) -> ForgottenShoppers:
        """Return which of these users and sessions were forgotten, and when."""
        return ForgottenShoppers(
            self._forgotten_at("user", user_ids), self._forgotten_at("session", session_ids)
        )

    def opt_out(self, user_id: str, *, opted_out: bool) -> None:
        """Record whether a user has opted out of personalization."""
        self._indices.create()
        self._update_shoppers({("user", user_id): {"opted_out": opted_out}})

    def opted_out(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users have opted out."""
        return self._users_with("opted_out", user_ids)

    def refuse_marketing(self, user_id: str, *, refused: bool) -> None:
        """Record whether a user refuses marketing."""
        self._indices.create()
        self._update_shoppers({("user", user_id): {"marketing_refused": refused}})

    def marketing_refused(self, user_ids: Sequence[str]) -> set[str]:
        """Return which of these users refuse marketing."""
        return self._users_with("marketing_refused", user_ids)

    def flag(self, user_ids: Sequence[str], session_ids: Sequence[str]) -> None:
        """Flag shoppers as programs: exclude them from every profile from now on."""
        self._indices.create()
        shoppers = [("user", name) for name in user_ids] + [("session", name) for name in session_ids]
        self._update_shoppers({shopper: {"flagged_us": to_us(datetime.now(UTC))} for shopper in shoppers})

    def prune(self, before: datetime) -> int:
        """Remove events before a moment, and the state of shoppers who have none since."""
        before_us = to_us(before)
        removed = self._remove(self._indices.events, {"range": {"at_us": {"lt": before_us}}})
        recent = [
            {"range": {name: {"gte": before_us}}}
            for name in ("changed_us", "linked_us", "forgotten_us", "flagged_us")
        ]
        choices = [{"term": {name: True}} for name in ("opted_out", "marketing_refused")]
        self._remove(self._indices.shoppers, {"bool": {"must_not": [*recent, *choices]}})
        self._remove_old_ids()
        return removed

    def close(self) -> None:
        """Close the connections."""
        self._indices.close()

    def _remove_old_ids(self) -> None:
        """Take the ids out of the documents of who was forgotten by an earlier version."""
        forgotten = self._indices.stream(self._indices.shoppers, {"range": {"forgotten_us": {"gt": 0}}}, [])
        for document in forgotten:
            # Who has come back since, or was flagged, is somebody again.
            is_known_again = document["changed_us"] > document["forgotten_us"] or document.get("flagged_us")
            if document["id"] and not is_known_again:
                self._update_shoppers({(document["kind"], document["id"]): {"id": ""}})

    def _create(self, events: Sequence[Event], known: Mapping[tuple[str, str], dict[str, Any]]) -> set[str]:
        """Write new events and the changes of state that follow; return their ids."""
        session_owners = {
            name: SessionOwner(document["linked_user"], document.get("linked_us", 0))
            for (kind, name), document in known.items()
            if kind == "session" and document.get("linked_user")
        }
        ownership = assign_owners(events, session_owners)
        now_us = to_us(datetime.now(UTC))
        self._claim_sessions(ownership.claimed)
        items: list[BulkItem] = [
            ({"create": {"_id": document_id(event.event_id)}}, event_document(event, owner, now_us))
            for event, owner in zip(events, ownership.owners, strict=True)
        ]
        statuses = self._indices.write(self._indices.events, items)
        self._complete([event for event, status in zip(events, statuses, strict=True) if status == 409])
        self._update_shoppers(_changes(events, ownership, known, now_us))
        return {event.event_id for event, status in zip(events, statuses, strict=True) if status != 409}

    def _claim_sessions(self, sessions: Mapping[str, str]) -> None:
        for session_id, user_id in sessions.items():
            for ids in self._indices.find_ids(self._indices.events, _owner_filter("", session_id)):
                items: list[BulkItem] = [
                    ({"update": {"_id": doc_id}}, {"doc": {"owner": user_id}}) for doc_id in ids
                ]
                self._indices.write(self._indices.events, items)

    def _complete(self, events: Iterable[Event]) -> None:
        """Add the results and texts of searches to events that are sent again with them."""
        resent = {document_id(event.event_id): event for event in events if event.results or event.query}
        held = self._indices.get(self._indices.events, list(resent))
        items: list[BulkItem] = []
        for doc_id, document in held.items():
            before = read_event(document)
            after = _completed(before, resent[doc_id])
            if after != before:
                change = {"results": list(after.results), "position": after.position, "query": after.query}
                items.append(({"update": {"_id": doc_id}}, {"doc": change}))
        self._indices.write(self._indices.events, items)

    def _users_with(self, choice: str, user_ids: Sequence[str]) -> set[str]:
        return {user_id for user_id, document in self._documents("user", user_ids) if document.get(choice)}

    def _forgotten_at(self, kind: str, names: Sequence[str]) -> dict[str, datetime]:
        return {
            name: from_us(document["forgotten_us"])
            for name, document in self._documents(kind, names)
            if document.get("forgotten_us")
        }

    def _documents(self, kind: str, names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield those of these users or sessions of whom anything is known, each with the document."""
        distinct = sorted(set(names))
        for start in range(0, len(distinct), _PAGE_SIZE):
            page = {(kind, name) for name in distinct[start : start + _PAGE_SIZE]}
            for (_, name), document in self._shoppers(page).items():
                yield name, document

    def _shoppers(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        by_id = {document_id(name, kind): (kind, name) for kind, name in wanted if name}
        documents = self._indices.get(self._indices.shoppers, list(by_id))
        return {by_id[doc_id]: document for doc_id, document in documents.items()}

    def _update_shoppers(self, changes: Changes) -> None:
        items: list[BulkItem] = [
            (
                {"update": {"_id": document_id(name, kind), "retry_on_conflict": 5}},
                {"doc": {"kind": kind, "id": name, **change}, "doc_as_upsert": True},
            )
            for (kind, name), change in changes.items()
        ]
        self._indices.write(self._indices.shoppers, items)

    def _remove(self, index: str, query: Mapping[str, object]) -> int:
        removed = 0
        for ids in self._indices.find_ids(index, query):
            statuses = self._indices.write(index, [({"delete": {"_id": doc_id}}, None) for doc_id in ids])
            removed += sum(status == 200 for status in statuses)
        return removed


def _changes(
    events: Sequence[Event],
    ownership: OwnershipUpdate,
    known: Mapping[tuple[str, str], dict[str, Any]],
    now_us: int,
) -> Changes:
    changes: Changes = {}
    changed = {("session", session_id) for session_id in ownership.changed}
    changed |= {("user", user_id) for user_id in ownership.claimed.values()}
    for event, owner in zip(events, ownership.owners, strict=True):
        if event.action in PREFERENCE_ACTIONS:
            changed |= {("user", owner), ("session", event.session_id)}
    for kind, name in changed:
        if name:
            # Strictly later than before, even if the clock is not.
            before = known.get((kind, name), {}).get("changed_us", 0)
            changes[kind, name] = {"changed_us": max(now_us, before + 1)}
    for session_id, session_owner in ownership.changed.items():
        changes["session", session_id] |= {
            "linked_user": session_owner.user_id,
            "linked_us": session_owner.since_us,
        }
    return changes


def _completed(held: Event, resent: Event) -> Event:
    """Return an event with what it lacked of its search and the same event, sent again, has."""
    if resent.results and not held.results:
        # If the browser reported a search first, the server adds what only it knows.
        held = replace(held, results=resent.results, position=resent.position)
    if resent.query and not held.query and held.query_id and held.query_id == resent.query_id:
        # UBI's events name their search by its id; the text of it may be imported later.
        held = replace(held, query=resent.query)
    return held


def _is_forgotten(event: Event, known: Mapping[tuple[str, str], dict[str, Any]]) -> bool:
    return any(
        to_us(event.at) <= known.get(shopper, {}).get("forgotten_us", -1)
        for shopper in (("user", event.user_id), ("session", event.session_id))
    )


def _owner_filter(user_id: str, session_id: str) -> Mapping[str, object]:
    if user_id:
        return {"term": {"owner": user_id}}
    return _all_of({"term": {"session_id": session_id}}, {"term": {"owner": ""}})


def _all_of(*queries: Mapping[str, object]) -> dict[str, object]:
    return {"bool": {"filter": list(queries)}}
