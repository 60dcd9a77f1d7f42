"""Requests of Elasticsearch's and OpenSearch's ranking evaluation, `POST INDEX/_rank_eval`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from relevance.judging.formats.json_values import objects, read_json, text_of
from relevance.judging.formats.judgement_set import JudgementSet
from relevance.judging.formats.quepid import query_texts
from relevance.judging.formats.rated_rows import RatedRow, ReadOptions, Rows
from shangsou.errors import UnusableInput

TEXT_PARAMETER = "query_string"
"""The parameter of the template that holds the text of the query, as in Elasticsearch's documentation."""
DEFAULT_TEMPLATE: Mapping[str, object] = {
    "query": {"match": {"title": {"query": f"{{{{{TEXT_PARAMETER}}}}}"}}}
}
"""A search body that needs no more than a text field `title`."""
_TEMPLATE_ID = "search"
# Names of parameters that hold the text, where a request has several.
_TEXT_PARAMETERS = (TEXT_PARAMETER, "query", "q", "query_text", "text", "keyword", "keywords", "search")
# Queries with a text, and the key it stands under in their long form.
_TEXT_QUERIES = (
    "match", "multi_match", "match_phrase", "match_phrase_prefix", "match_bool_prefix", "query_string",
    "simple_query_string", "combined_fields", "semantic", "text_expansion",
)  # fmt: skip
_TEXT_KEYS = ("query", "model_text")
# nDCG of the first ten, as `evaluate` has it by default.
_METRIC = {"dcg": {"k": 10, "normalize": True}}


def is_rank_eval(document: object) -> bool:
    """Return whether a document is such a request."""
    requests = document.get("requests") if isinstance(document, dict) else None
    return isinstance(requests, list) and any(
        isinstance(request, dict) and "ratings" in request for request in requests
    )


def read_rank_eval(path: Path, options: ReadOptions) -> Rows:
    """Yield the ratings of each request under its id.

    The text of the query comes from the parameters of the template, or from the first query in the body that
    has a text; where there is none, the request has its id alone. Raises `UnusableInput`.
    """
    document = read_json(path, options.encoding)
    if not isinstance(document, dict) or not is_rank_eval(document):
        raise UnusableInput(f"{path}: holds no requests with ratings, as _rank_eval takes them")
    indices: dict[str, str] = {}
    for where, request in objects(document["requests"], f"{path}: requests"):
        qid = text_of(request, ("id",), where)
        text = _text(request)
        ratings = objects(request.get("ratings") or [], f"{where}.ratings")
        if not ratings:
            yield RatedRow(where, text, qid, "", "")
        for place, rating in ratings:
            index = text_of(rating, ("_index",), place)
            doc_id = text_of(rating, ("_id",), place)
            if indices.setdefault(doc_id, index) != index:
                raise UnusableInput(
                    f"{place}: {doc_id!r} is of index {index!r} here and of {indices[doc_id]!r} above; "
                    "keep one of the two"
                )
            yield RatedRow(place, text, qid, doc_id, text_of(rating, ("rating",), place))


def read_query_template(path: Path) -> Mapping[str, object]:
    """Return a search body with `{{query_string}}` where the text goes; raises `UnusableInput`."""
    body = read_json(path, None)
    if not isinstance(body, dict) or f"{{{{{TEXT_PARAMETER}}}}}" not in json.dumps(body):
        raise UnusableInput(
            f"{path}: is no search body with {{{{{TEXT_PARAMETER}}}}} where the query goes; wanted is one as "
            f"{json.dumps(DEFAULT_TEMPLATE)}"
        )
    return body


def rank_eval_text(
    judgement_set: JudgementSet, path: Path, index: str, template: Mapping[str, object] = DEFAULT_TEMPLATE
) -> tuple[str, list[str]]:
    """Return judgements as a request, and what it does not hold.

    Parameters
    ----------
    index
        The index, not an alias: Elasticsearch compares the name with that of each hit.
    template
        The search body, with `{{query_string}}` where the text goes.

    Raises
    ------
    UnusableInput
        A judged query has no text.
    """
    texts = query_texts(judgement_set, path, "_rank_eval")
    requests = [
        {
            "id": qid,
            "template_id": _TEMPLATE_ID,
            "params": {TEXT_PARAMETER: texts[qid]},
            "ratings": [
                {"_index": index, "_id": doc_id, "rating": grade} for doc_id, grade in grades.items()
            ],
        }
        for qid, grades in judgement_set.qrels.items()
    ]
    document = {
        "templates": [{"id": _TEMPLATE_ID, "template": {"source": template}}],
        "requests": requests,
        "metric": _METRIC,
    }
    lost = []
    sets = sorted({query.set for query in judgement_set.queries})
    if len(sets) > 1:
        lost.append(f"the sets: {', '.join(sets)}")
    if unjudged := sum(query.qid not in judgement_set.qrels for query in judgement_set.queries):
        lost.append(f"{unjudged} queries without a judgement")
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n", lost


def _text(request: Mapping[str, object]) -> str:
    params = request.get("params")
    if isinstance(params, dict):
        texts = {name: value.strip() for name, value in params.items() if isinstance(value, str)}
        named = next((texts[name] for name in _TEXT_PARAMETERS if texts.get(name)), "")
        return named or (next(iter(texts.values())) if len(texts) == 1 else "")
    return next((text for text in _texts(request.get("request")) if text), "")


def _texts(body: object) -> Iterator[str]:
    """Yield the texts of the queries in a search body, in order."""
    if isinstance(body, list):
        for one in body:
            yield from _texts(one)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in _TEXT_QUERIES and isinstance(value, dict):
                yield from _query_text(value)
            else:
                yield from _texts(value)


def _query_text(query: Mapping[str, object]) -> Iterator[str]:
    """Yield the text of a query: under `query`, or under the name of its field, in a short or a long form."""
    for key in _TEXT_KEYS:
        if isinstance(text := query.get(key), str):
            yield text.strip()
            return
    for value in query.values():
        if isinstance(value, str):
            yield value.strip()
        elif isinstance(value, dict):
            yield from _query_text(value)
