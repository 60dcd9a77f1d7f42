"""`/v1/judgements`: pairs to judge, and their grades.

Changes use PUT or DELETE: unlike a POST, a page of another site cannot make a browser on this machine send
them (CORS).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, request
from werkzeug.exceptions import Conflict as UsedName
from werkzeug.exceptions import Forbidden, NotFound

from relevance.judging.adjudication import (
    adjudication_progress,
    conflicts_for_adjudicator,
    decide,
    undo_last_decision,
)
from relevance.judging.book import (
    Book,
    JudgedPair,
    MachineName,
    NoBook,
    NotInBook,
    Progress,
    books,
    open_book,
    progress_of,
)
from relevance.judging.book_file import BookUnavailable
from searchapi.authorization import caller, require
from searchapi.json_text import json_response, read_json
from searchapi.keys import Role
from searchapi.problems import RETRY_AFTER_S, problem
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import DecisionBody, GradeBody, JudgeParameters, PairsParameters
from searchapi.schema.responses import (
    BookResponse,
    BooksResponse,
    ConflictsResponse,
    PairResponse,
    PairsResponse,
    ProgressResponse,
    UndoResponse,
)
from searchapi.schema.validation import validate
from searchapi.state import state
from shangsou.product import product_to_json

judgements = Blueprint("judgements", __name__)

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T", bound=JudgedPair)


def _for_role(role: Role) -> Callable[[Callable[P, Mapping[str, object]]], Callable[P, Response]]:
    """Return what makes a route for a role alone, its body sent as JSON, with our errors as HTTP's."""

    def decorate(route: Callable[P, Mapping[str, object]]) -> Callable[P, Response]:
        @wraps(route)
        def respond(*args: P.args, **kwargs: P.kwargs) -> Response:
            require(role)
            try:
                return json_response(route(*args, **kwargs))
            except (NoBook, NotInBook) as reason:
                raise NotFound(str(reason)) from None
            except MachineName as reason:
                raise UsedName(str(reason)) from None
            except BookUnavailable as reason:
                log.error("%s", reason)
                return problem(503, str(reason), headers={"Retry-After": str(RETRY_AFTER_S)})

        return respond

    return decorate


@judgements.get("/v1/judgements")
@_for_role("judge")
def list_books() -> BooksResponse:
    """Return the books, with the progress of each judge, or of the caller's own alone."""
    own = _own_name()
    listed = [_book_to_json(book, own) for book in books(state().settings.home)]
    return {"books": listed} if own is None else {"books": listed, "judge": own}


@judgements.get("/v1/judgements/<book>/pairs")
@_for_role("judge")
def pairs(book: str) -> PairsResponse:
    """Return some of the pairs for a judge, with the products from the index."""
    parameters = _pairs_parameters()
    _check_judge(parameters.judge)
    ordered = _book(book).pairs_for_judge(parameters.judge)
    shown, first_open = _shown(ordered, parameters)
    return {
        "progress": _progress_to_json(progress_of(ordered)),
        "first_open": first_open,
        "first_skipped": _first_skipped(ordered),
        "pairs": [_pair_to_json(pair) for pair in shown],
    }


@judgements.put("/v1/judgements/<book>/grades")
@_for_role("judge")
def grade(book: str) -> ProgressResponse:
    """Save a judge's grade of a product for a query."""
    body = validate(GradeBody, read_json(request))
    _check_judge(body.judge)
    return _progress_to_json(
        _book(book).grade(body.judge, body.qid, body.product_id, body.grade, body.seconds)
    )


@judgements.delete("/v1/judgements/<book>/grades/last")
@_for_role("judge")
def undo_last(book: str) -> UndoResponse:
    """Undo a judge's latest grade."""
    judge = validate(JudgeParameters, parse_query_string(JudgeParameters, request.args)).judge
    _check_judge(judge)
    judgement_book = _book(book)
    undone = judgement_book.undo_last(judge)
    position = next(
        (
            pair.position
            for pair in judgement_book.pairs_for_judge(judge)
            if (pair.query.qid, pair.doc_id) == undone
        ),
        None,
    )
    return {
        "progress": _progress_to_json(judgement_book.progress(judge)),
        "undone": undone is not None,
        "position": position,
    }


@judgements.get("/v1/judgements/<book>/conflicts")
@_for_role("adjudicate")
def conflicts(book: str) -> ConflictsResponse:
    """Return some of the pairs on which judges differ, with the products from the index."""
    parameters = _pairs_parameters()
    ordered = conflicts_for_adjudicator(_book(book), parameters.judge)
    shown, first_open = _shown(ordered, parameters)
    return {
        "progress": _progress_to_json(progress_of(ordered)),
        "first_open": first_open,
        "first_skipped": _first_skipped(ordered),
        "pairs": [{**_pair_to_json(conflict), "grades": list(conflict.grades)} for conflict in shown],
    }


@judgements.put("/v1/judgements/<book>/decisions")
@_for_role("adjudicate")
def decision(book: str) -> ProgressResponse:
    """Save what an adjudicator decides."""
    body = validate(DecisionBody, read_json(request))
    return _progress_to_json(decide(_book(book), body.judge, body.qid, body.product_id, body.grade))


@judgements.delete("/v1/judgements/<book>/decisions/last")
@_for_role("adjudicate")
def undo_decision(book: str) -> UndoResponse:
    """Undo an adjudicator's latest decision."""
    judge = validate(JudgeParameters, parse_query_string(JudgeParameters, request.args)).judge
    judgement_book = _book(book)
    undone = undo_last_decision(judgement_book, judge)
    ordered = conflicts_for_adjudicator(judgement_book, judge)
    position = next((one.position for one in ordered if (one.query.qid, one.doc_id) == undone), None)
    return {
        "progress": _progress_to_json(progress_of(ordered)),
        "undone": undone is not None,
        "position": position,
    }


def _own_name() -> str | None:
    """Return the only name under which the caller may judge, None where it may choose one.

    A key that may not adjudicate is of one judge: under another name it would see and replace the grades of
    somebody else.
    """
    return None if caller().may("adjudicate") else caller().name


def _check_judge(judge: str) -> None:
    own = _own_name()
    if own is not None and judge != own:
        raise Forbidden(
            f"the key {own!r} judges under its own name alone, not as {judge!r}; the operator of this server "
            f'makes a key for each judge: "shangsou key new NAME --role judge"'
        )


def _pairs_parameters() -> PairsParameters:
    return validate(PairsParameters, parse_query_string(PairsParameters, request.args))


def _shown(ordered: Sequence[T], parameters: PairsParameters) -> tuple[Sequence[T], int | None]:
    """Return the pairs that are asked for, and the position of the first open one."""
    first_open = next((pair.position for pair in ordered if not pair.done), None)
    start = first_open if parameters.position is None else parameters.position
    return ([] if start is None else ordered[start : start + parameters.size]), first_open


def _first_skipped(ordered: Sequence[JudgedPair]) -> int | None:
    return next((pair.position for pair in ordered if pair.done and pair.grade is None), None)


def _book(name: str) -> Book:
    return open_book(state().settings.home, name)


def _book_to_json(book: Book, own: str | None) -> BookResponse:
    try:
        # Kinds last: a judge who comes in between is not among those of before, and one who left is a person.
        judges, kinds = book.judges(), book.kinds()
        # Their number tells who graded a pair whether others differ.
        adjudicated = adjudication_progress(book) if own is None else Progress(0, 0, 0)
        return {
            "name": book.name,
            "pairs": book.pairs(),
            "judges": [
                {
                    "judge": judge,
                    "kind": kinds.get(judge, "person"),
                    "judged": progress.judged,
                    "skipped": progress.skipped,
                }
                for judge, progress in judges.items()
                if own in (None, judge)
            ],
            "conflicts": adjudicated.pairs,
            "decided": adjudicated.judged,
        }
    except BookUnavailable as reason:
        # One that is damaged hides none of the others.
        log.error("%s", reason)
        return {
            "name": book.name,
            "pairs": 0,
            "judges": [],
            "conflicts": 0,
            "decided": 0,
            "problem": str(reason),
        }


def _progress_to_json(progress: Progress) -> ProgressResponse:
    return {"pairs": progress.pairs, "judged": progress.judged, "skipped": progress.skipped}


def _pair_to_json(pair: JudgedPair) -> PairResponse:
    product = state().searcher.product(pair.doc_id)
    return {
        "position": pair.position,
        "qid": pair.query.qid,
        "query": pair.query.text,
        "note": pair.query.note,
        "product_id": pair.doc_id,
        "product": None if product is None else product_to_json(product),
        "grade": pair.grade,
        "done": pair.done,
    }
