"""`/v1/judgements`: pairs to judge, and their grades.

Changes use PUT or DELETE: unlike a POST, a page of another site cannot make a browser on this machine send
them (CORS).
"""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from relevance.judging.book import (
    Book,
    BookUnavailable,
    JudgedPair,
    NoBook,
    NotInBook,
    Progress,
    books,
    open_book,
)
from searchapi.authorization import require
from searchapi.json_text import json_response, read_json
from searchapi.problems import RETRY_AFTER_S, problem
from searchapi.schema.query_string import parse_query_string
from searchapi.schema.requests import GradeBody, JudgeParameters, PairsParameters
from searchapi.schema.responses import (
    BookResponse,
    BooksResponse,
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


def _operators_only(route: Callable[P, Mapping[str, object]]) -> Callable[P, Response]:
    """Return a route whose body is sent as JSON, for operators alone, with our errors as HTTP's."""

    @wraps(route)
    def respond(*args: P.args, **kwargs: P.kwargs) -> Response:
        require("judge")
        try:
            return json_response(route(*args, **kwargs))
        except (NoBook, NotInBook) as reason:
            raise NotFound(str(reason)) from None
        except BookUnavailable as reason:
            log.error("%s", reason)
            return problem(503, str(reason), headers={"Retry-After": str(RETRY_AFTER_S)})

    return respond


@judgements.get("/v1/judgements")
@_operators_only
def list_books() -> BooksResponse:
    """Return the books, with the progress of each judge."""
    return {"books": [_book_to_json(book) for book in books(state().settings.home)]}


@judgements.get("/v1/judgements/<book>/pairs")
@_operators_only
def pairs(book: str) -> PairsResponse:
    """Return some of the pairs for a judge, with the products from the index."""
    parameters = validate(PairsParameters, parse_query_string(PairsParameters, request.args))
    ordered = _book(book).pairs_for_judge(parameters.judge)
    first_open = next((pair.position for pair in ordered if not pair.done), None)
    start = parameters.position if parameters.position is not None else first_open
    skipped = [pair.position for pair in ordered if pair.done and pair.grade is None]
    judged = sum(pair.done for pair in ordered) - len(skipped)
    return {
        "progress": {"pairs": len(ordered), "judged": judged, "skipped": len(skipped)},
        "first_open": first_open,
        "first_skipped": skipped[0] if skipped else None,
        "pairs": []
        if start is None
        else [_pair_to_json(pair) for pair in ordered[start : start + parameters.size]],
    }


@judgements.put("/v1/judgements/<book>/grades")
@_operators_only
def grade(book: str) -> ProgressResponse:
    """Save a judge's grade of a product for a query."""
    body = validate(GradeBody, read_json(request))
    return _progress_to_json(_book(book).grade(body.judge, body.qid, body.product_id, body.grade))


@judgements.delete("/v1/judgements/<book>/grades/last")
@_operators_only
def undo_last(book: str) -> UndoResponse:
    """Undo a judge's latest grade."""
    judge = validate(JudgeParameters, parse_query_string(JudgeParameters, request.args)).judge
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
        "position": position,
    }


def _book(name: str) -> Book:
    return open_book(state().settings.home, name)


def _book_to_json(book: Book) -> BookResponse:
    try:
        return {
            "name": book.name,
            "pairs": book.pairs(),
            "judges": [
                {"judge": judge, "judged": progress.judged, "skipped": progress.skipped}
                for judge, progress in book.judges().items()
            ],
        }
    except BookUnavailable as reason:
        # One that is damaged hides none of the others.
        log.error("%s", reason)
        return {"name": book.name, "pairs": 0, "judges": [], "problem": str(reason)}


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
