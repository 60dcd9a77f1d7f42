"""`/v1/judgements`: what people are to judge, and what they say.

What changes something is PUT or DELETE: a page of another site cannot make a browser on this machine send
those (CORS), as it could a POST.
"""

import logging
from collections.abc import Callable
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
    books,
    open_book,
)
from searchapi.json_text import dump_json, read_json
from searchapi.keys import demand_operator
from searchapi.models import GradeBody, JudgeParameters, PairsParameters
from searchapi.problems import RETRY_AFTER_S, problem
from searchapi.query_string import read_pairs_string
from searchapi.state import state
from searchapi.validation import validated
from shangsou.product import product_to_json

judgements = Blueprint("judgements", __name__)

log = logging.getLogger(__name__)

P = ParamSpec("P")


def _for_operators(route: Callable[P, object]) -> Callable[P, Response]:
    """Return a route whose plain answer is sent as JSON, for operators alone, with our errors as HTTP's."""

    @wraps(route)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        demand_operator(request, state().settings.admin_key)
        try:
            return Response(dump_json(route(*args, **kwargs)), content_type="application/json")
        except (NoBook, NotInBook) as reason:
            raise NotFound(str(reason)) from None
        except BookUnavailable as reason:
            log.error("%s", reason)
            return problem(503, str(reason), headers={"Retry-After": str(RETRY_AFTER_S)})

    return answer


@judgements.get("/v1/judgements")
@_for_operators
def list_books() -> object:
    """Return the books, and how far each judge is."""
    return {
        "books": [
            {
                "name": book.name,
                "pairs": book.pairs(),
                "judges": [
                    {"judge": judge, "judged": done.judged, "skipped": done.skipped}
                    for judge, done in book.judges().items()
                ],
            }
            for book in books(state().settings.home)
        ]
    }


@judgements.get("/v1/judgements/<book>/pairs")
@_for_operators
def pairs(book: str) -> object:
    """Return a part of what a judge is to judge, with the products as the index has them."""
    asked = validated(PairsParameters, read_pairs_string(request.args))
    ordered = _book(book).in_order_of(asked.judge)
    first_open = next((pair.position for pair in ordered if not pair.done), None)
    start = asked.position if asked.position is not None else first_open
    skipped = [pair.position for pair in ordered if pair.done and pair.grade is None]
    judged = sum(pair.done for pair in ordered) - len(skipped)
    return {
        "progress": {"pairs": len(ordered), "judged": judged, "skipped": len(skipped)},
        "first_open": first_open,
        "first_skipped": skipped[0] if skipped else None,
        "pairs": [] if start is None else [_plain(pair) for pair in ordered[start : start + asked.size]],
    }


@judgements.put("/v1/judgements/<book>/grades")
@_for_operators
def grade(book: str) -> object:
    """Save what a judge says of a product for a query."""
    said = validated(GradeBody, read_json(request))
    done = _book(book).grade(said.judge, said.qid, said.product_id, said.grade)
    return {"pairs": done.pairs, "judged": done.judged, "skipped": done.skipped}


@judgements.delete("/v1/judgements/<book>/grades/last")
@_for_operators
def take_back(book: str) -> object:
    """Take back what a judge said last."""
    judge = validated(JudgeParameters, read_pairs_string(request.args)).judge
    found = _book(book)
    taken = found.take_back(judge)
    done = found.progress(judge)
    position = next(
        (pair.position for pair in found.in_order_of(judge) if (pair.query.qid, pair.doc_id) == taken), None
    )
    return {
        "progress": {"pairs": done.pairs, "judged": done.judged, "skipped": done.skipped},
        "position": position,
    }


def _book(name: str) -> Book:
    return open_book(state().settings.home, name)


def _plain(pair: JudgedPair) -> dict[str, object]:
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
