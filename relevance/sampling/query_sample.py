"""A sample of the queries of a log, by stratum, with what each stands for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random

from relevance.judgements import Query
from relevance.judging.formats.tsv import tsv_cell
from relevance.sampling.pps import draw_by_size
from relevance.sampling.search_counts import QueryCount
from relevance.sampling.strata import Stratum, allocate, split_by_traffic
from shangsou.behaviour.query_logs import PERSONAL
from shangsou.errors import UnusableInput
from shangsou.output_files import write_text

# Of a qid: 200 queries share one of 40 bits with a probability of one in fifty million.
_QID_BYTES = 5
# More digits than a shop has searches, so that the weight of a query that is in every sample is exact.
_FIGURE = ".10g"
_COLUMNS = ("qid", "set", "query", "tags", "searches", "inclusion_probability", "weight")


@dataclass(frozen=True, slots=True)
class SampledQuery:
    """A query that was drawn."""

    query: Query
    """Its set is the stratum."""
    searches: int
    probability: float
    """That of being in such a sample."""

    @property
    def weight(self) -> float:
        """How many searches of the log it stands for (Horvitz and Thompson, 1952)."""
        return self.searches / self.probability


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Queries of a log that are in no sample."""

    queries: int
    searches: int

    @classmethod
    def of(cls, queries: Sequence[QueryCount]) -> "LeftOut":
        """Count queries and their searches."""
        return cls(len(queries), sum(query.searches for query in queries))


@dataclass(frozen=True, slots=True)
class Population:
    """The queries that may be drawn, and why others may not."""

    strata: Sequence[Stratum]
    rare: LeftOut
    """Fewer shoppers than wanted searched for them."""
    personal: LeftOut
    """They look like numbers or addresses of people."""

    @property
    def queries(self) -> int:
        """How many may be drawn."""
        return sum(len(stratum.queries) for stratum in self.strata)

    @property
    def searches(self) -> int:
        """The searches for these."""
        return sum(stratum.searches for stratum in self.strata)


def select_population(
    queries: Iterable[QueryCount], min_shoppers: int, *, keeps_personal: bool = False
) -> Population:
    """Return the queries that may be drawn: of enough shoppers, and not with numbers or addresses of people.

    What one shopper alone searched for may say who that is (Barbaro and Zeller, 2006, on the logs that AOL
    published); a sample is read by judges and goes into reports.

    Raises
    ------
    UnusableInput
        None is left.
    """
    personal: list[QueryCount] = []
    rare: list[QueryCount] = []
    kept: list[QueryCount] = []
    for query in queries:
        if not keeps_personal and PERSONAL.search(query.text):
            personal.append(query)
        else:
            (kept if query.shoppers >= min_shoppers else rare).append(query)
    if not kept:
        raise UnusableInput(_no_query_left(len(rare), len(personal), min_shoppers))
    return Population(split_by_traffic(kept), LeftOut.of(rare), LeftOut.of(personal))


def _no_query_left(rare: int, personal: int, min_shoppers: int) -> str:
    if not rare:
        return (
            f"no query is left to draw: {personal:,} look like numbers or addresses of people; "
            "--keep-personal draws these too"
        )
    return (
        f"no query is left to draw: each of {rare:,} was searched for by fewer than {min_shoppers} shoppers; "
        "a column of counts is called count or 次数; if this is a list of distinct queries, or nobody is "
        "known by them, use --min-shoppers 1"
    )


def draw_queries(
    population: Population, size: int, seed: int, shares: Sequence[float] = (1, 1, 1)
) -> list[SampledQuery]:
    """Return a sample, stratum by stratum, the most frequent queries first.

    In each stratum queries are drawn with a probability proportional to their searches (`draw_by_size`). So
    each query of a stratum stands for as many searches as any other, save those that are in every sample,
    which stand for their own. The weights add up to all searches of the strata that are drawn from, and the
    mean of a measure by weight is, over all samples, its mean over these searches.

    The same seed draws the same sample from the same counts, in whichever order the files have them.

    Parameters
    ----------
    size
        How many; all queries where there are fewer.
    shares
        Of head, torso and tail in the sample, in any unit.
    """
    limits = [len(stratum.queries) for stratum in population.strata]
    sample: list[SampledQuery] = []
    for stratum, count in zip(population.strata, allocate(size, shares, limits), strict=True):
        random = Random(f"{seed} {stratum.name}")
        for draw in draw_by_size([query.searches for query in stratum.queries], count, random):
            counted = stratum.queries[draw.position]
            query = Query(query_id(counted.text), stratum.name, counted.text, (stratum.name,))
            sample.append(SampledQuery(query, counted.searches, draw.probability))
    return sample


def query_id(text: str) -> str:
    """Return the qid of a text: the same in every sample, so that judgements of one serve the next."""
    return f"s{blake2b(text.encode(), digest_size=_QID_BYTES).hexdigest()}"


def write_sample(sample: Sequence[SampledQuery], path: Path) -> None:
    """Write a sample as a TSV that `read_queries` reads; raises `UnusableInput`."""
    lines = ["\t".join(_COLUMNS)]
    lines += [
        "\t".join(
            (
                drawn.query.qid,
                drawn.query.set,
                tsv_cell(drawn.query.text, path),
                ", ".join(drawn.query.tags),
                str(drawn.searches),
                f"{drawn.probability:{_FIGURE}}",
                f"{drawn.weight:{_FIGURE}}",
            )
        )
        for drawn in sample
    ]
    write_text(path, "\n".join(lines) + "\n")
