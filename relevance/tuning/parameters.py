"""Tunable parameters: numbers of the ranking recipe, each with the values to try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any, Literal

from shangsou.engines.fields import SCORED_FIELDS
from shangsou.search.ranking.recipe import RankingRecipe

Group = Literal["fusion", "fields", "bm25"]
Value = float | str
Setting = tuple[Value, ...]
"""A value for each parameter, in their order."""

# Where the coarse values of a parameter stand among all: two, so that there are hundreds of pairs. What pays
# beyond them mostly pays at them too, and single changes refine it.
_COARSE_SHARES = (0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, or choice, of the ranking recipe."""

    group: Group
    name: str
    """The name of the recipe's field."""
    values: tuple[Value, ...]
    """The values to try, besides the current one. Steps are as wide as 256 queries can distinguish: see the
    rows of weights in docs/relevance.md."""
    key: str = ""
    """The key in a field that is a mapping, such as `title.grams` in `field_weights`."""

    def __str__(self) -> str:
        return f"{self.name}.{self.key}" if self.key else self.name

    def read(self, recipe: RankingRecipe) -> Value:
        """Return the value in a recipe."""
        value = getattr(recipe, self.name)
        return value.get(self.key, 0.0) if self.key else value  # type: ignore[no-any-return]

    def put(self, recipe: RankingRecipe, value: Value) -> RankingRecipe:
        """Return a recipe with another value."""
        new_value = {**getattr(recipe, self.name), self.key: value} if self.key else value
        return replace(recipe, **{self.name: new_value})  # type: ignore[arg-type]

    def coarse_values(self, current: Value) -> tuple[Value, ...]:
        """Return the quarter points of the other values: two, or one where there are no more."""
        others = [value for value in self.values if value != current]
        places = [round(share * (len(others) - 1)) for share in _COARSE_SHARES]
        return tuple(dict.fromkeys(others[place] for place in places))

    def put_json(self, payload: Mapping[str, Any], value: Value) -> dict[str, Any]:
        """Return a recipe's JSON with another value; unknown keys are kept."""
        new_value = {**payload[self.name], self.key: value} if self.key else value
        return {**payload, self.name: new_value}


_TITLE = "title.grams"
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("fusion", "fusion", ("convex", "rrf")),
    Parameter("fusion", "lexical_weight", (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
    Parameter("fusion", "lexical_cutoff", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
    Parameter("fusion", "semantic_cutoff", (0.35, 0.4, 0.45, 0.5, 0.55)),
    Parameter("fusion", "semantic_span", (0.0, 0.05, 0.1, 0.2, 0.3)),
    Parameter("fusion", "description_weight", (0.0, 0.5, 0.7, 0.8, 0.9, 1.0)),
    # BM25 is scaled by its best score, so that only the ratios of weights matter: the title's weight stands
    # for all others at once.
    Parameter("fields", "field_weights", (0.5, 0.7, 1.0, 1.5, 2.0), _TITLE),
    *(
        Parameter("fields", "field_weights", (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8), field)
        for field in SCORED_FIELDS
        if field != _TITLE
    ),
    # From almost immediate saturation to Lucene's 1.2 and beyond, and around Lucene's .75.
    Parameter("bm25", "k1", (0.2, 0.4, 0.6, 0.9, 1.2, 1.6)),
    Parameter("bm25", "b", (0.0, 0.25, 0.5, 0.75, 1.0)),
)
# `candidates` is left out: a deeper leg takes longer and finds more, but judgements do not measure the time.


def parameters_of(groups: Sequence[Group]) -> tuple[Parameter, ...]:
    """Return the parameters of these groups."""
    return tuple(parameter for parameter in PARAMETERS if parameter.group in groups)


def setting_of(recipe: RankingRecipe, parameters: Sequence[Parameter]) -> Setting:
    """Return the values in a recipe."""
    return tuple(parameter.read(recipe) for parameter in parameters)


def with_setting(recipe: RankingRecipe, parameters: Sequence[Parameter], setting: Setting) -> RankingRecipe:
    """Return a recipe with these values."""
    for parameter, value in zip(parameters, setting, strict=True):
        recipe = parameter.put(recipe, value)
    return recipe


def neighbour_settings(setting: Setting, parameters: Sequence[Parameter]) -> list[Setting]:
    """Return all settings that differ in one parameter."""
    return [
        (*setting[:index], value, *setting[index + 1 :])
        for index, parameter in enumerate(parameters)
        for value in parameter.values
        if value != setting[index]
    ]


def pair_settings(setting: Setting, parameters: Sequence[Parameter]) -> list[Setting]:
    """Return all settings that differ in two parameters, each at one of its coarse values."""
    coarse = [parameter.coarse_values(value) for parameter, value in zip(parameters, setting, strict=True)]
    pairs = []
    for first, second in combinations(range(len(parameters)), 2):
        for values in product(coarse[first], coarse[second]):
            changed = dict(zip((first, second), values, strict=True))
            pairs.append(tuple(changed.get(index, value) for index, value in enumerate(setting)))
    return pairs
