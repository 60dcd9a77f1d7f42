"""Figures of personal rankers, beside the order for everyone and that by popularity."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from relevance.offline.candidates import CandidateCache
from relevance.offline.personal import (
    MEASURES,
    PersonalEvaluation,
    Target,
    choose_popularity_weight,
    evaluate_personal,
)
from relevance.reason import Reason
from relevance.searchers import open_full_searcher, with_progress
from shangsou.behaviour.event import Event
from shangsou.errors import ShangsouError, UnusableInput
from shangsou.search.personal.ranker import Ranker, RankerFile, default_ranker, parse_ranker
from shangsou.search.personal.ranker_store import current_ranker, ranker_files
from shangsou.settings import Settings
from shangsou.text.normalize import normalize
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.figure import (
    Figure,
    Gain,
    Groups,
    Measured,
    clustered,
    no_figures,
    paired_figures,
)
from training.comparison.installed import DEFAULT_RANKER, unusable
from training.comparison.kind import ModelKind
from training.gate.personal_targets import LATER_SHARE, find_targets, select_targets
from training.gate.seen import later_start

KIND = "ranker"
SEARCHES, VALIDATION = "shoppers' searches", "held out in training"
PLAIN, POPULAR = "plain order", "popularity"
_ONE_INTERVAL = Reason("training kept the interval of the difference alone", "训练时只记录了差值的区间")
# Products asked for at once; Elasticsearch answers no more than 10,000 in one go.
_BATCH = 1_000
_Values = dict[str, dict[str, Groups]]

_NO_EVENTS = Reason(
    "give --events to measure personal searches", "请用 --events 给出行为日志，才能测量个性化排序"
)
_NO_HISTORIES = Reason(
    "no shopper of the last fifth of the events has a history: give a longer log, or --targets",
    "最后五分之一的行为里没有顾客有历史：请给出时间更长的日志，或用 --targets 指定搜索",
)
_MAY_HAVE_SEEN = Reason(
    "a trained ranker does not say of which events it was made, and may have seen these searches: judge it "
    "by events after its training",
    "训练过的个性化模型没有记录所用的行为，可能见过这些搜索：训练之后的行为才能公正地评价它",
)


def measure_rankers(settings: Settings, wanted: ComparisonInput, log: Log) -> Measured:
    """Return the figures of rankers on searches of shoppers with a history, each after what came before.

    Popularity has the weight that orders clicks before these searches best. What a ranker reached on shoppers
    that were held out when it was trained stands beside it.
    """
    if not wanted.events:
        return Measured([no_figures(KIND, "", _NO_EVENTS)])
    files, problems = _read_rankers(settings, wanted)
    recorded = [figure for name, file in files.items() for figure in _recorded(name, file)]
    with open_full_searcher("hybrid", settings=settings.model_copy(update={"model": None})) as searcher:
        cache = CandidateCache(searcher.context())
        targets = _targets(wanted, cache)
        if not targets:
            return Measured([*recorded, *problems, no_figures(KIND, "", _NO_HISTORIES)])
        earlier = [event for event in wanted.events if event.at < targets[0].at]
        weight = choose_popularity_weight(earlier, cache)
        model_hash = cache.context.engine.generation.recipe.model_hash
        values: _Values = {}
        for ranker, problem in _rankers(files, model_hash):
            if problem is not None:
                problems.append(no_figures(KIND, ranker.name, problem, SEARCHES))
                continue
            log(f"{ranker.name}: {len(targets):,} personal searches")
            cache.personalizer = replace(cache.personalizer, ranker=ranker)
            values |= _values(ranker.name, wanted.events, targets, cache, weight)
        remarks = [_MAY_HAVE_SEEN] if files.keys() & values.keys() else []
        remarks += _absent_targets(targets, cache)
    return Measured(
        [*paired_figures(KIND, SEARCHES, values, (PLAIN, POPULAR)), *recorded, *problems], remarks
    )


def _read_rankers(settings: Settings, wanted: ComparisonInput) -> tuple[dict[str, RankerFile], list[Figure]]:
    """Return the trained rankers that are wanted, by name, and why others cannot be read.

    Without names it is the one that serves alone: each takes a search for every target.
    """
    files: dict[str, RankerFile] = {}
    problems: list[Figure] = []
    serving = current_ranker(settings.home)
    for path in ranker_files(settings.home):
        is_wanted = path.stem in wanted.names if wanted.names else path.name == serving
        if path.suffix != ".json" or not is_wanted:
            continue
        try:
            files[path.stem] = parse_ranker(path.read_bytes(), str(path))
        except (OSError, ShangsouError) as problem:
            problems.append(no_figures(KIND, path.stem, unusable(problem)))
    return files, problems


def _recorded(name: str, file: RankerFile) -> Iterator[Figure]:
    """Yield what training found on held-out shoppers, of which it kept one interval, over the default."""
    scores = file.validation or {}
    if not scores.keys() >= {"plain", "default", "trained", "searches", "low", "high"}:
        return
    n = int(scores["searches"])
    for key, model in (("plain", PLAIN), ("default", DEFAULT_RANKER)):
        yield Figure(KIND, model, f"{VALIDATION}: {name}", "mrr@10", scores[key], n)
    gain = Gain(DEFAULT_RANKER, scores["trained"] - scores["default"], scores["low"], scores["high"])
    yield Figure(
        KIND,
        name,
        f"{VALIDATION}: {name}",
        "mrr@10",
        scores["trained"],
        n,
        gains=(gain,),
        reason=_ONE_INTERVAL,
    )


def _targets(wanted: ComparisonInput, cache: CandidateCache) -> list[Target]:
    if wanted.targets is not None:
        return select_targets(wanted.targets, lambda _: False)
    since = later_start(wanted.events, LATER_SHARE)
    if since is None:
        return []
    return select_targets(
        find_targets(wanted.events, cache.group_keys(wanted.events), since), lambda _: False
    )


def _absent_targets(targets: Sequence[Target], cache: CandidateCache) -> list[Reason]:
    """Return how many searches end in a product that the index lacks, and that nobody can find."""
    wanted = sorted({target.product_id for target in targets})
    engine = cache.context.engine
    on_sale = {
        product.product_id
        for start in range(0, len(wanted), _BATCH)
        for product in engine.products(wanted[start : start + _BATCH])
    }
    absent = sum(target.product_id not in on_sale for target in targets)
    if not absent:
        return []
    return [
        Reason(
            f"{absent:,} of {len(targets):,} personal searches ended in a product that is not in the index: "
            "they count as not found, in every order",
            f"{len(targets):,} 次个性化搜索里有 {absent:,} 次选的商品不在索引中，任何排序都算没有找到",
        )
    ]


def _rankers(files: Mapping[str, RankerFile], model_hash: str) -> Iterator[tuple[Ranker, Reason | None]]:
    """Yield the rankers, with the reason where one does not suit the index."""
    # Plain order and popularity come with any ranker.
    yield default_ranker(), None
    for name, file in files.items():
        if file.model_hash in ("", model_hash):
            yield Ranker(file, name), None
        else:
            yield (
                Ranker(file, name),
                Reason(
                    f"it was trained with the encoder {file.model_hash}, the index has {model_hash}; run "
                    '"shangsou train ranker" again',
                    f"它是用编码器 {file.model_hash} 训练的，索引用的是 {model_hash}：请重新运行 "
                    "shangsou train ranker",
                ),
            )


def _values(
    name: str, events: Sequence[Event], targets: Sequence[Target], cache: CandidateCache, weight: float
) -> _Values:
    evaluation: PersonalEvaluation = evaluate_personal(
        events, with_progress(targets, "search"), cache, weight=weight
    )
    if not evaluation.targets:
        raise UnusableInput("no search has a target that is new to its shopper; give other --targets")
    clusters = [normalize(target.query) for target in evaluation.targets]
    return {
        order: {
            measure.name: [clustered([row[measure.name] for row in rows], clusters)] for measure in MEASURES
        }
        for order, rows in zip((PLAIN, POPULAR, name), evaluation.values["all"].values(), strict=True)
    }


RANKERS = ModelKind(
    KIND,
    "个性化排序",
    "有历史的顾客的搜索，只用搜索之前的行为排序；基线是对所有人相同的排序，以及加上热门度的排序。",
    measure_rankers,
    {
        PLAIN: "普通排序",
        POPULAR: "加上热门度",
        DEFAULT_RANKER: "默认个性化模型",
        SEARCHES: "有历史的顾客的搜索",
        VALIDATION: "训练时留出的顾客",
    },
    {VALIDATION: "次搜索"},
)
