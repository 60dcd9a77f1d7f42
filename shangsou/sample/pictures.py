"""The pictures of the sample shop, drawn as SVG from a name such as `dress-b03060-2`."""

import colorsys
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

VARIATIONS = 4
# A colour this light (of 1) counts as white; chosen by eye on the contact sheet.
PALE_LIGHTNESS = 0.86
_NAME = re.compile(r"([a-z]+(?:-[a-z]+)*)-([0-9a-f]{6})-([0-3])")
_SHAPE = re.compile(r'^<g id="([a-z-]+)">\n(.*?)^</g>$', re.MULTILINE | re.DOTALL)
_VARIATIONS = re.compile(r' class="([v0-3 ]+)"')
_COLOUR = re.compile(r'"(main|light|pale|dark|deep)"')
# The share of white (above 0) or black (below 0) mixed into the product's colour.
_MIXES = {"main": 0.0, "light": 0.22, "pale": 0.72, "dark": -0.2, "deep": -0.4}
# The backdrop of each variation: one plain shape that looks lit.
_BACKDROPS = (
    '<circle cx="160" cy="158" r="122"/>',
    '<path d="M54 320V152a106 106 0 0 1 212 0v168z"/>',
    '<path d="M0 236q90-44 170-16t150-22v122H0z"/>',
    '<path d="M50 90q60-70 150-40t84 116-70 112-150-30T50 90z"/>',
)


def draw(name: str) -> str:
    """Return the SVG document of a picture, 320 by 320.

    Parameters
    ----------
    name
        Shape, hex colour and variation from 0 to 3, such as `rice-cooker-c8343c-0`.

    Raises
    ------
    KeyError
        No picture has this name.
    """
    parts = _NAME.fullmatch(name)
    if parts is None or parts[1] not in shapes():
        raise KeyError(name)
    shape, colour, variation = parts[1], parts[2], int(parts[3])
    ground, backdrop = _background(colour, variation)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320">'
        f'<rect width="320" height="320" fill="{ground}"/>'
        f'<g fill="{backdrop}">{_BACKDROPS[variation]}</g>'
        '<ellipse cx="160" cy="272" rx="96" ry="11" opacity=".09"/>'
        f'<g stroke-linecap="round" stroke-linejoin="round">{_paint(shapes()[shape], colour, variation)}</g>'
        "</svg>\n"
    )


@cache
def shapes() -> Mapping[str, str]:
    """Return the drawing of each shape by name, with colours still named."""
    drawings = files("shangsou.sample.shapes").iterdir()
    texts = (file.read_text("utf-8") for file in drawings if file.name.endswith(".svg"))
    return {shape[1]: shape[2] for text in texts for shape in _SHAPE.finditer(text)}


def _paint(drawing: str, colour: str, variation: int) -> str:
    """Return the elements of a variation, in shades of the colour."""

    def is_shown(line: str) -> bool:
        only = _VARIATIONS.search(line)
        return only is None or f"v{variation}" in only[1]

    lines = (_VARIATIONS.sub("", line) for line in drawing.splitlines() if is_shown(line))
    # On white and cream a pale pattern would not show.
    mixes = _MIXES if _lightness(colour) < PALE_LIGHTNESS else {**_MIXES, "pale": -0.12}
    return _COLOUR.sub(lambda name: f'"{_mix(colour, mixes[name[1]])}"', "".join(lines))


def _background(colour: str, variation: int) -> tuple[str, str]:
    """Return a soft tint of the colour and a lighter one.

    A pale product gets a stronger tint so that it stands out.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    if saturation < 0.12:
        # Greys have no hue, so they get one: sand, mist, sage or rose.
        hue = (0.1, 0.58, 0.38, 0.97)[variation]
    depth = 0.83 if lightness > PALE_LIGHTNESS else 0.9
    shift = (0.0, 0.03, -0.03, 0.0)[variation]
    tints = (
        colorsys.hls_to_rgb((hue + shift) % 1, depth, 0.38),
        colorsys.hls_to_rgb((hue + shift) % 1, depth + 0.05, 0.5),
    )
    return _hex(tints[0]), _hex(tints[1])


def _lightness(colour: str) -> float:
    return colorsys.rgb_to_hls(*_rgb(colour))[1]


def _mix(colour: str, share: float) -> str:
    other = 1.0 if share > 0 else 0.0
    red, green, blue = (part + (other - part) * abs(share) for part in _rgb(colour))
    return _hex((red, green, blue))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour)
    return red / 255, green / 255, blue / 255


def _hex(rgb: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)
