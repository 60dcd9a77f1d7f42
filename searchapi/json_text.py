"""JSON reading and writing: strict input, compact output."""

import json
from collections.abc import Mapping
from typing import NoReturn

from flask import Request, Response
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from shangsou.reading.json_values import JSON_DECODER, parse_json


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_decoder = json.JSONDecoder(
    parse_int=JSON_DECODER.parse_int, parse_float=JSON_DECODER.parse_float, parse_constant=_reject_constant
)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def dump_json(payload: object) -> bytes:
    """Return plain values as compact JSON in UTF-8; invalid characters become `?`."""
    return _encoder.encode(payload).encode("utf-8", "replace")


def json_response(
    body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a response with a JSON body: one of the `TypedDict`s that the OpenAPI description reads."""
    return Response(dump_json(body), status, headers=headers, content_type="application/json")


def read_json(request: Request) -> object:
    """Return the plain JSON values of a request's body.

    See `parse_json` for half surrogate pairs, long numbers and deep nesting. Raises
    `UnsupportedMediaType` for a body without a JSON content type, and `BadRequest` for invalid JSON,
    including NaN and Infinity.
    """
    if not request.is_json:
        # Forms and plain text are content types that pages of other sites can send (CORS).
        raise UnsupportedMediaType("send JSON, with the header Content-Type: application/json")
    body = request.get_data(cache=False)
    if not body.strip():
        raise BadRequest("the body is empty; send a JSON object")
    try:
        return parse_json(body.decode("utf-8-sig"), _decoder)
    except UnicodeDecodeError as reason:
        raise BadRequest(f"the body is not UTF-8: byte {reason.start} fits nowhere") from None
    except json.JSONDecodeError as reason:
        raise BadRequest(
            f"the body is no JSON: {reason.msg} in line {reason.lineno}, column {reason.colno}"
        ) from None
    except ValueError as reason:
        raise BadRequest(f"the body is JSON that cannot be read: {reason}") from None
