"""JSON bodies that only the HTTP API answers with: routes fill them, and the OpenAPI description reads them.

Those of a search, of suggestions and of a shelf stand beside what they are made from, since commands print
them too.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from shangsou.product import ProductJson
from shangsou.search.response_json import VariantJson


class ShelfRulesResponse(TypedDict):
    """The merchant's rules for shelves."""

    rules: str
    before: str
    """Those that were replaced: sent again they undo it."""


class OutcomeResponse(TypedDict):
    """What came of one operation of a batch."""

    product_id: str
    status: Literal["inserted", "updated", "deleted", "unchanged", "not_found", "conflict", "rejected"]
    version: NotRequired[str]
    """Of the product behind the operation; of a conflict, its version now."""
    detail: NotRequired[str]
    """Why nothing was changed."""


class BatchResponse(TypedDict):
    """What came of a batch; what is done is on the disk, and found by searches within a second."""

    inserted: int
    updated: int
    deleted: int
    unchanged: int
    rejected: int
    """Those that changed nothing for a reason: `not_found`, `conflict` and `rejected`."""
    items: list[OutcomeResponse]
    """In the order of the operations."""


class SynonymsResponse(TypedDict):
    """The shop's own synonyms, without those that ship with shangsou."""

    synonyms: str
    before: str
    """Those that were replaced: sent again they undo it."""


class EntitiesResponse(TypedDict):
    """The shop's own entities, without those that ship with shangsou or were learned from the catalog."""

    entities: str
    before: str
    """Those that were replaced: sent again they undo it."""


class ProgressResponse(TypedDict):
    """The progress of a judge in a book."""

    pairs: int
    """All that the book asks about."""
    judged: int
    skipped: int


class JudgeResponse(TypedDict):
    """A judge."""

    judge: str
    kind: Literal["person", "machine"]
    judged: int
    skipped: int


class BookResponse(TypedDict):
    """A book: pairs of query and product to judge."""

    name: str
    pairs: int
    judges: list[JudgeResponse]
    """Those with a grade or a skip; to a key that judges under its own name, itself alone."""
    conflicts: int
    """Pairs on which judges differ by two grades or more; 0 to a key that judges under its own name."""
    decided: int
    """Those of them that an adjudicator has decided."""
    problem: NotRequired[str]
    """Why it cannot be read."""


class BooksResponse(TypedDict):
    """The books to judge."""

    books: list[BookResponse]
    judge: NotRequired[str]
    """The only name under which this key may judge; absent: any."""


class ProductDetailsResponse(ProductJson):
    """A product with its variants."""

    version: str
    """Another one with every change of the product; as `If-Match` it keeps a change from being lost."""
    variants: list[VariantJson]
    """All that is on sale of its group, itself included; empty where it is the only one."""


class PairResponse(TypedDict):
    """A product to judge for a query, without its rank and score."""

    position: int
    """In the order of this judge, from 0."""
    qid: str
    query: str
    note: str
    """What the shopper is after; empty where nobody wrote it down."""
    product_id: str
    product: ProductJson | None
    """null: no longer on sale, or not in this index."""
    grade: int | None
    done: bool
    """Judged, or skipped where `grade` is null."""


class PairsResponse(TypedDict):
    """Some of the pairs for a judge."""

    progress: ProgressResponse
    first_open: int | None
    """Position of the first pair neither judged nor skipped."""
    first_skipped: int | None
    pairs: list[PairResponse]


class ConflictResponse(PairResponse):
    """A product on which judges differ, without who gave which grade."""

    grades: list[int]
    """The lowest first."""


class ConflictsResponse(TypedDict):
    """Some of the pairs on which judges differ, those furthest apart first."""

    progress: ProgressResponse
    """`judged`: decided by anybody; `skipped`: by this adjudicator."""
    first_open: int | None
    """Position of the first pair neither decided nor skipped."""
    first_skipped: int | None
    pairs: list[ConflictResponse]


class UndoResponse(TypedDict):
    """The grade or decision that was undone."""

    progress: ProgressResponse
    undone: bool
    """false: there was nothing to take back."""
    position: int | None
    """Of the pair; null where nothing was undone, or judges no longer differ on the pair."""


class EventOutcomeResponse(TypedDict):
    """The outcome of an event that was not simply accepted."""

    index: int
    """Its place in what was sent, from 0."""
    status: Literal["accepted", "duplicate", "dropped", "rejected"]
    detail: str


class EventsResponse(TypedDict):
    """The outcomes of the events."""

    accepted: int
    duplicates: int
    """Known already: they count once."""
    dropped: int
    """Usable, but not to be kept: of who wants no record, or too many."""
    rejected: int
    """Not usable; sending them again changes nothing."""
    unknown_products: int
    """Products in accepted events that are not on sale."""
    events: list[EventOutcomeResponse]
    """Those about which there is something to say."""


class PreferencesResponse(TypedDict):
    """The preferences of a user."""

    personalize: bool
    marketing: bool


class ForgetResponse(TypedDict):
    """The numbers of records deleted for a user or a session."""

    events: int
    sessions: int
    """Sessions that were linked to the user."""


class ExportResponse(TypedDict):
    """A file that a list of customers was written to outside of the server, which cannot be reached."""

    kind: Literal["churn", "winback", "hold-out"]
    """Who may leave, whom to win back, or who was left alone to compare with."""
    written_at: str
    """ISO 8601, in UTC."""


class ForgetUserResponse(ForgetResponse):
    """The numbers of records deleted for a user, and what may still hold them."""

    lists: int
    """Rows in lists of customers."""
    exports_not_reached: list[ExportResponse]
    """Those that held the user, and those of lists removed since, of which nobody knows. The oldest first."""


class SetPreferencesResponse(PreferencesResponse):
    """The preferences of a user as they are now, and what a refusal took them out of."""

    lists: int
    """Rows removed from lists of customers."""
    exports_not_reached: list[ExportResponse]
    """As in the answer to an erasure."""


class ShopperEventsResponse(TypedDict):
    """All stored events of a user or a session, oldest first."""

    events: list[dict[str, object]]
    """As UBI 1.3 has them, with our `event_id`."""


class ReadyResponse(TypedDict):
    """Whether the server can answer searches."""

    missing: list[str]
    """The reasons why it cannot; empty if it is ready."""
    warnings: list[str]
    """What somebody should see to although it is ready, as a new generation that cannot be opened."""


class HealthResponse(TypedDict):
    """The process answers."""

    status: Literal["ok"]


class FieldErrorResponse(TypedDict):
    """An invalid field."""

    path: str
    """As `filters.price.gte`; empty: the request as a whole."""
    detail: str


class StoredProductResponse(ProductJson):
    """A product as the catalog has it, on sale or not."""

    version: str
    """Another one with every change; as `If-Match` it keeps a change from being lost."""


class ProblemResponse(TypedDict):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldErrorResponse]]
    current: NotRequired[StoredProductResponse | None]
    """Of a 412: the product as it is; null where there is none."""
    request_id: NotRequired[str]
