"""Texts that are read as one: what is found in them is what is found in each alone."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.amounts import Amount, find_amounts, letter_sizes
from shangsou.text.audiences import AudienceWord, find_audience_words
from shangsou.text.codes import CodeSpan, find_stretches, stretch_codes
from shangsou.text.colours import ColourSpan, find_colours
from shangsou.text.facts import FactTable, load_facts
from shangsou.text.joined_texts import JoinedTexts
from shangsou.text.normalize import normalize

Found = Amount | AudienceWord | CodeSpan | ColourSpan


class Place(NamedTuple):
    start: int


def find_codes(text: str, table: FactTable) -> list[CodeSpan]:
    """Return the codes of each stretch, at its start."""
    return [
        CodeSpan(code, stretch.start, stretch.start)
        for stretch in find_stretches(text, table)
        for code in sorted(stretch_codes(stretch))
    ]


Reader = Callable[[str, FactTable], Sequence[Found]]

READERS: list[Reader] = [
    find_amounts,
    letter_sizes,
    find_audience_words,
    find_colours,
    find_codes,
]
# Of what amounts, codes, colours and audiences are made, and of what stands around them.
TEXTS = st.text(st.sampled_from("10年x*-~ .第百两双米ml码以上abl男女童鞋红色款粉的小米4gs"), max_size=12)


def test_what_is_found_is_of_the_text_that_holds_it() -> None:
    joined = JoinedTexts(["手机", "", "手机壳"])
    places = [Place(match) for match in range(len(joined.text)) if joined.text.startswith("手机", match)]
    assert joined.by_row(places) == {0: [places[0]], 2: [places[1]]}
    assert [joined.text[:end] for end in joined.ends][-1] == joined.text


def test_no_texts_are_joined_to_nothing() -> None:
    assert JoinedTexts([]).by_row([]) == {}


@pytest.mark.parametrize("find", READERS)
@given(texts=st.lists(TEXTS.map(normalize), max_size=6))
def test_texts_are_read_as_one_by_one(find: Reader, texts: list[str]) -> None:
    table = load_facts()
    joined = JoinedTexts(texts)
    by_row = joined.by_row(find(joined.text, table))
    for row, text in enumerate(texts):
        shift = joined.ends[row] - len(text)
        alone = [
            found._replace(start=found.start + shift, end=found.end + shift) for found in find(text, table)
        ]
        assert by_row.get(row, []) == alone
