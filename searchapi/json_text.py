"""JSON in and out: strict about what it reads, compact in what it writes."""

import json
import re
from typing import NoReturn

from flask import Request
from werkzeug.exceptions import BadRequest

# Half of a surrogate pair written as an escape: what a client sends that cut a text inside an emoji.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def dump_json(plain: object) -> bytes:
    """Return plain values as compact JSON in UTF-8; what is no character becomes `?`."""
    return _encoder.encode(plain).encode("utf-8", "replace")


def read_json(request: Request) -> object:
    """Return the plain JSON values of a request's body.

    Half surrogate pairs become U+FFFD. Raises `BadRequest` for a body that is no JSON: also for NaN
    and Infinity, which JSON does not have.
    """
    body = request.get_data(cache=False)
    if not body.strip():
        raise BadRequest("the body is empty; send a JSON object")
    try:
        plain: object = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        return _without_surrogates(plain) if _SURROGATE.search(body) else plain
    except UnicodeDecodeError as reason:
        raise BadRequest(f"the body is not UTF-8: byte {reason.start} fits nowhere") from None
    except json.JSONDecodeError as reason:
        raise BadRequest(
            f"the body is no JSON: {reason.msg} in line {reason.lineno}, column {reason.colno}"
        ) from None
    except (ValueError, RecursionError) as reason:
        raise BadRequest(f"the body is no JSON that can be read: {reason}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _without_surrogates(plain: object) -> object:
    text = json.dumps(plain, ensure_ascii=False)
    # Through UTF-16, which joins the two halves of a pair where both are there.
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
