"""Reports on a sample of queries: what it stands for, in words and as JSON."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relevance.sampling.query_sample import LeftOut, Population, SampledQuery
from relevance.sampling.search_counts import SearchCounts, log_days
from relevance.sampling.strata import Stratum
from shangsou.text.terminal import fit

RULE = (
    "head, torso and tail: the most frequent queries that make a third of the searches each; in each, "
    "queries are drawn by probability proportional to their searches (systematic, in random order)"
)
# Tags that a terminal shows; the JSON has all.
_MAX_TAGS = 8
_NAME_WIDTH = 8


@dataclass(frozen=True, slots=True)
class SampleReport:
    """A sample with the log that it was drawn from."""

    sample: Sequence[SampledQuery]
    population: Population
    counts: SearchCounts
    seed: int
    min_shoppers: int
    missing_tags: str
    """Why queries have no tags of what they hold; empty if they have."""

    @property
    def searches(self) -> int:
        """The searches that the sample stands for: all of the strata that it was drawn from."""
        drawn = {one.query.set for one in self.sample}
        return sum(stratum.searches for stratum in self.population.strata if stratum.name in drawn)

    def tag_shares(self) -> dict[str, float]:
        """Return the share of the searches by tag, estimated by weight, the largest first."""
        weights: defaultdict[str, float] = defaultdict(float)
        for one in self.sample:
            for tag in one.query.tags:
                if tag != one.query.set:
                    weights[tag] += one.weight
        total = sum(one.weight for one in self.sample)
        ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return {tag: weight / total for tag, weight in ordered}

    def of(self, stratum: Stratum) -> list[SampledQuery]:
        """Return what was drawn from a stratum."""
        return [one for one in self.sample if one.query.set == stratum.name]


def report_to_json(report: SampleReport) -> dict[str, object]:
    """Return a report as plain JSON values."""
    population, counts = report.population, report.counts
    return {
        "drawn": len(report.sample),
        "queries": population.queries,
        "searches": report.searches,
        "searches_of_log": counts.searches,
        "days": list(log_days(counts.events)),
        "seed": report.seed,
        "rule": RULE,
        "strata": [
            {
                "set": stratum.name,
                "drawn": len(report.of(stratum)),
                "certain": sum(one.probability == 1 for one in report.of(stratum)),
                "queries": len(stratum.queries),
                "searches": stratum.searches,
            }
            for stratum in population.strata
        ],
        "left_out": {
            "rare": _left_out_to_json(population.rare) | {"min_shoppers": report.min_shoppers},
            "personal": _left_out_to_json(population.personal),
            "unsearchable": counts.unsearchable,
        },
        "uncounted_rows": counts.uncounted,
        "tags": report.tag_shares(),
        "missing_tags": report.missing_tags or None,
        "warnings": list(warnings(report)),
    }


def report_to_text(report: SampleReport) -> str:
    """Return a report for people."""
    return "\n".join(_lines(report))


def _lines(report: SampleReport) -> Iterator[str]:
    population, counts = report.population, report.counts
    days = "".join(f", {day}" if at == 0 else f" to {day}" for at, day in enumerate(log_days(counts.events)))
    yield (
        f"{len(report.sample):,} of {population.queries:,} queries drawn; they stand for {report.searches:,} "
        f"of {counts.searches:,} searches ({_share(report.searches, counts.searches)}){days}; "
        f"seed {report.seed}"
    )
    yield ""
    yield f"{fit('', _NAME_WIDTH)}{'drawn':>8}{'of queries':>12}{'searches':>12}{'share':>8}{'a query':>16}"
    for stratum in population.strata:
        drawn = report.of(stratum)
        yield (
            f"{fit(stratum.name, _NAME_WIDTH)}{len(drawn):>8,}{len(stratum.queries):>12,}"
            f"{stratum.searches:>12,}{_share(stratum.searches, population.searches):>8}"
            f"{_range(stratum):>16}{_remark(stratum, drawn)}"
        )
    yield ""
    yield RULE
    yield "for a mean over all searches, weigh each query by its weight: the searches that it stands for"
    yield from _left_out_lines(report)
    if counts.uncounted:
        yield f"{counts.uncounted:,} rows with a count of 0 or none that can be read: each is one search"
    if not counts.has_searches:
        yield "the events hold no searches: each query that was clicked counts once a session"
    if shares := report.tag_shares():
        shown = [f"{tag} {share:.0%}" for tag, share in list(shares.items())[:_MAX_TAGS]]
        yield f"of these searches hold, as estimated: {', '.join(shown)}"
    if report.missing_tags:
        yield f"no tags of what queries hold: {report.missing_tags}"


def warnings(report: SampleReport) -> Iterator[str]:
    """Yield why a sample may not stand for what people think it does."""
    population, counts = report.population, report.counts
    if 2 * report.searches < counts.searches:
        yield (
            f"the sample stands for {_share(report.searches, counts.searches)} of the searches alone, and "
            "says nothing of the rest"
        )
    head, *_, tail = population.strata
    if head.queries and tail.queries and head.queries[-1].searches == tail.queries[0].searches:
        yield (
            f"some queries of head and tail are equally frequent (searches: {tail.queries[0].searches:,}); "
            "where nearly all are, as in a list of distinct queries, there is no head"
        )


def _range(stratum: Stratum) -> str:
    """Return how often the least and the most frequent query of a stratum were searched for."""
    if not stratum.queries:
        return "-"
    first, last = stratum.queries[0].searches, stratum.queries[-1].searches
    return f"{first:,}" if first == last else f"{last:,}-{first:,}"


def _remark(stratum: Stratum, drawn: Sequence[SampledQuery]) -> str:
    if not stratum.queries:
        return "  no query falls here"
    if not drawn:
        return "  not drawn from: the sample does not stand for it"
    certain = sum(one.probability == 1 for one in drawn)
    if certain == len(stratum.queries):
        return "  all of them"
    return f"  {certain:,} of them in every sample" if certain else ""


def _left_out_lines(report: SampleReport) -> Iterator[str]:
    population, counts = report.population, report.counts
    for left_out, reason in (
        (population.rare, f"searched for by fewer than {report.min_shoppers} shoppers (--min-shoppers)"),
        (population.personal, "look like numbers or addresses of people (--keep-personal)"),
    ):
        if left_out.queries:
            yield (
                f"left out: {left_out.queries:,} queries of {left_out.searches:,} searches "
                f"({_share(left_out.searches, counts.searches)}), {reason}"
            )
    if counts.unsearchable:
        yield f"left out: {counts.unsearchable:,} searches without a searchable text, or with one too long"


def _left_out_to_json(left_out: LeftOut) -> dict[str, object]:
    return {"queries": left_out.queries, "searches": left_out.searches}


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"
