"""Messages for invalid values in files."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from shangsou.validation_messages import explain_invalid, suggest


class Example(BaseModel):
    """A value of each type that files have."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    number: Annotated[float, Field(ge=0, le=1)] = 0
    count: int = 0
    choice: Literal["a", "b"] = "a"
    text: str = ""
    on: bool = True
    entries: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)
    kinds: frozenset[str] = frozenset()
    weights: dict[str, float] = {}
    wanted: int

    @field_validator("text")
    @classmethod
    def _not_bad(cls, value: str) -> str:
        if value == "bad":
            raise ValueError("bad is no text; write another")
        return value


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wanted": None}, "is to be a whole number"),
        ({}, "is missing; write it down"),
        ({"number": "much"}, "is to be a number"),
        ({"number": 2}, "is to be 1 or less"),
        ({"number": -0.5}, "is to be 0 or more"),
        ({"number": float("nan")}, "is to be a finite number"),
        ({"count": 1.5}, "is to be a whole number"),
        ({"choice": "c"}, "is to be 'a' or 'b'"),
        ({"text": 3}, "is to be a text"),
        ({"text": "bad"}, "bad is no text; write another"),
        ({"on": "perhaps"}, "is to be true or false"),
        ({"entries": 3}, "is to be a list"),
        ({"entries": []}, "is to have 1 or more entries"),
        ({"kinds": 3}, "is to be a list"),
        ({"weights": [1]}, "is to be keys with values"),
        ({"numbre": 1}, "there is no such key; did you mean 'number'?"),
    ],
)
def test_an_invalid_value_is_explained_in_our_own_words(values: dict[str, object], message: str) -> None:
    payload = values if values in ({}, {"wanted": None}) else {"wanted": 1, **values}
    with pytest.raises(ValidationError) as refused:
        Example.model_validate(payload)
    [error] = refused.value.errors()
    assert explain_invalid(error, list(Example.model_fields)) == message


def test_where_nothing_is_close_all_names_are_listed() -> None:
    assert suggest("xyz", ["alpha", "beta"]) == "; there are alpha, beta"
    assert suggest("xyz", []) == ""
