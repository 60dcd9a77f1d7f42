"""Grades 0 to 3 from the ratings of other scales."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from relevance.judgements import MAX_GRADE
from shangsou.errors import UnusableInput
from shangsou.text.plurals import listing

_GRADES = tuple(str(grade) for grade in range(MAX_GRADE + 1))
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,2})?")
_PAIR_SEPARATOR = re.compile(r"[,，;；]")
_EQUALS = re.compile(r"[=＝]")
# Ratings that a message lists. Scales have up to eleven.
_MAX_LISTED = 12
_SCALES = ((0.0, 1.0), (1.0, 5.0), (0.0, 5.0), (0.0, 10.0), (0.0, 100.0))
# Exact, Substitute, Complement, Irrelevant (Reddy et al., 2022), in the order of the grades of the shop.
_ESCI = {"e": 3, "s": 2, "c": 1, "i": 0}


def parse_labels(text: str) -> dict[str, int]:
    """Return the grade of each rating in `E=3,S=2`, with ratings as `canonical_rating` writes them.

    Raises `UnusableInput` for a pair that is none, a grade beyond 0 to 3, or a rating with two grades.
    """
    labels: dict[str, int] = {}
    for pair in filter(str.strip, _PAIR_SEPARATOR.split(text)):
        *label_parts, grade = _EQUALS.split(pair)
        label = canonical_rating("=".join(label_parts))
        grade = unicodedata.normalize("NFKC", grade).strip()
        if not label or grade not in _GRADES:
            raise UnusableInput(
                f"--labels {pair.strip()}: write RATING=GRADE with a grade from 0 to 3, as E=3"
            )
        if labels.setdefault(label, int(grade)) != int(grade):
            raise UnusableInput(f"--labels: {label} has the grades {labels[label]} and {grade}; keep one")
    if not labels:
        raise UnusableInput(f"--labels {text!r}: names no rating; write RATING=GRADE, as E=3,S=2,C=1,I=0")
    return labels


def canonical_rating(text: str) -> str:
    """Return a rating as it is compared: numbers by value (`3` for `3.0`), labels whatever their case."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _NUMBER.fullmatch(folded):
        return folded
    value = float(folded)
    return str(int(value)) if value.is_integer() else repr(value)


def is_rating(text: str, labels: Mapping[str, int]) -> bool:
    """Return whether a text has a grade: by `labels`, or without them as a whole number from 0 to 3."""
    canonical = canonical_rating(text)
    return canonical in labels if labels else canonical in _GRADES


def grades_by_rating(first_places: Mapping[str, str], labels: Mapping[str, int]) -> dict[str, int]:
    """Return the grade of each rating of a file.

    Parameters
    ----------
    first_places
        Each rating as it is written, with the place where it stands first.
    labels
        Grade by rating; empty: a rating is its grade.

    Raises
    ------
    UnusableInput
        A rating has no grade: it is not among `labels`, or without them no whole number from 0 to 3. The
        message lists the ratings of the file.
    """
    grades: dict[str, int] = {}
    for rating, where in first_places.items():
        canonical = canonical_rating(rating)
        if labels and canonical not in labels:
            missing = [one for one in first_places if canonical_rating(one) not in labels][:_MAX_LISTED]
            raise UnusableInput(
                f"{where}: rating {rating[:40]!r} is not among --labels; "
                f"add {','.join(f'{one[:40]}=GRADE' for one in missing)}, with grades from 0 to {MAX_GRADE}"
            )
        if not is_rating(rating, labels):
            raise UnusableInput(_beyond_scale(rating, where, list(first_places)))
        grades[rating] = labels[canonical] if labels else int(canonical)
    return grades


def _beyond_scale(rating: str, where: str, ratings: Sequence[str]) -> str:
    canonical = dict.fromkeys(map(canonical_rating, ratings))
    is_scale = all(map(_NUMBER.fullmatch, canonical))
    if is_scale:
        distinct = sorted(canonical, key=float, reverse=True)
    else:
        distinct = list(dict.fromkeys(rating[:40] for rating in ratings))
    listed = listing(distinct, _MAX_LISTED)
    example = _example(distinct[:_MAX_LISTED], is_scale=is_scale)
    return (
        f"{where}: rating {rating[:40]!r} is no grade from 0 to {MAX_GRADE}; the ratings here are {listed}: "
        f'say which grade each is: "shangsou judgements convert" takes --labels {example}'
    )


def _scale_of(low: float, high: float) -> tuple[float, float]:
    """Return the ends of the scale of ratings: 0 to 1, 1 or 0 to 5, 0 to 10 or 100, else the ratings' own.

    Few judges use all of a scale: of 3, 4 and 5 the lowest is the middle.
    """
    for first, last in _SCALES:
        if first <= low and high <= last:
            return first, last
    return low, max(high, low + 1)


def _example(ratings: Sequence[str], *, is_scale: bool) -> str:
    """Return labels to begin with: numbers spread over the grades, names with the grade left open."""
    if is_scale:
        low, high = _scale_of(float(ratings[-1]), float(ratings[0]))
        spread = [round(MAX_GRADE * (float(one) - low) / (high - low)) for one in ratings]
        return ",".join(f"{one}={grade}" for one, grade in zip(ratings, spread, strict=True))
    if all(one.casefold() in _ESCI for one in ratings):
        return ",".join(f"{label.upper()}={grade}" for label, grade in _ESCI.items())
    return ",".join(f"{one}=GRADE" for one in ratings)
