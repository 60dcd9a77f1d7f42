"""Pictures of the sample shop."""

import re
from itertools import product as combinations
from xml.etree import ElementTree

import pytest

from shangsou.sample.pictures import VARIATIONS, draw, shapes

SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {f"{SVG}{name}" for name in ("svg", "g", "path", "rect", "circle", "ellipse")}


def test_there_are_many_shapes():
    assert len(shapes()) >= 35


def flaws(svg):
    """Yield what makes a picture more, or less, than plain SVG."""
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as problem:
        yield str(problem)
        return
    values = [value for element in root.iter() for value in element.attrib.values()]
    if root.get("viewBox") != "0 0 320 320":
        yield f"viewBox {root.get('viewBox')}"
    yield from sorted({element.tag for element in root.iter()} - HARMLESS)
    yield from sorted({"main", "light", "pale", "dark", "deep"} & set(values))
    yield from (value for value in values if "url(" in value or "class" in value)


def test_every_variation_of_every_shape_is_plain_svg():
    colours = ("c8343c", "ffffff", "000000", "9a9fa6")
    names = [
        f"{shape}-{colour}-{variation}"
        for shape, variation, colour in combinations(sorted(shapes()), range(VARIATIONS), colours)
    ]
    flawed = {name: found for name in names if (found := list(flaws(draw(name))))}
    assert flawed == {}


def test_the_same_name_is_the_same_picture():
    assert draw("dress-c8343c-2") == draw("dress-c8343c-2")


def test_the_variations_of_a_picture_differ():
    assert len({draw(f"dress-c8343c-{variation}") for variation in range(VARIATIONS)}) == VARIATIONS


def test_the_main_colour_is_the_one_in_the_name():
    assert 'fill="#c8343c"' in draw("dress-c8343c-0")


def test_an_element_for_some_variations_is_missing_in_the_others():
    assert "M131 148" in draw("dress-c8343c-0")
    bow = re.compile("M152 148l-10-9")
    assert [bool(bow.search(draw(f"dress-c8343c-{variation}"))) for variation in range(4)] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "dress",
        "dress-c8343c",
        "dress-c8343c-4",  # no such variation
        "dress-C8343C-1",  # one spelling for each picture
        "dress-c8343c-1\n",
        "dress-zzzzzz-1",
        "nothing-c8343c-1",
        "../dress-c8343c-1",
        '"><script>-c8343c-1',
        "裙-c8343c-1",
    ],
)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(KeyError):
        draw(name)
