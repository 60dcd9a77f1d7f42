"""Clicks and purchases by model: of events that say what served, else estimated from what was shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from insights.winback.share_difference import share_difference
from relevance.counterfactual import CounterfactualClicks, counterfactual_clicks
from relevance.judging.clicks import estimate_examination
from relevance.judging.search_sessions import SearchSession, search_sessions
from relevance.offline.traffic import Rate, ShelfTraffic, Traffic, measure_traffic
from relevance.reason import Reason
from shangsou.errors import ShangsouError
from shangsou.settings import Settings
from training.comparison.comparison_input import ComparisonInput, Log
from training.comparison.figure import Figure, Gain, Measured, no_figures
from training.comparison.installed import encoder_names, open_encoders, unusable
from training.comparison.kind import ModelKind
from training.comparison.shop import Retriever, VectorRetriever, open_shop, plain_retrievers

KIND = "traffic"
SERVED, ESTIMATED = "searches that were served", "estimate from what was shown"
SHOWN = "shelves that were viewed"
AS_LOGGED = "as logged"
_RATES = {"ctr": "ctr", "conversion": "conversion_rate"}
_ESTIMATES = ("clicks@10", "purchases@10")
_DEPTH = 10
# As `shangsou evaluate counterfactual` has it: beyond that the highest weights were cut down too often.
_MAX_CLIPPED = 0.1

_NO_EVENTS = Reason(
    "give --events to measure clicks and purchases", "请用 --events 给出行为日志，才能测量点击与成交"
)
_NOT_NAMED = Reason(
    "the events do not say which model served; where a column does, name it with --served-by",
    "行为日志没有记录由哪个模型提供服务；如果有这样的列，请用 --served-by 指定",
)
_NO_IMPRESSIONS = Reason(
    "no estimate: the events hold neither impressions nor the results of searches, so what was shown and not "
    "clicked is unknown",
    "无法估计：日志既没有曝光也没有搜索结果，不知道哪些商品展示了却没有被点击",
)


def measure_clicks(settings: Settings, wanted: ComparisonInput, log: Log) -> Measured:
    """Return click and purchase rates by model.

    Where events say what served, these are shares of its searches, and differences those of two independent
    shares. Else each encoder's own ranking of the logged queries is given the clicks and purchases that it
    would have got by inverse propensity scoring, if the log has what was shown.
    """
    if not wanted.events:
        return Measured([no_figures(KIND, "", _NO_EVENTS)])
    report = measure_traffic(wanted.events)
    figures = list(_rates(AS_LOGGED, report.all)) if report.all.searches else []
    for kind, shelf in report.shelves.items():
        figures += _rates(kind, shelf, part=SHOWN)
    if wanted.served:
        return Measured([*figures, *_by_model(wanted)])
    sessions = [one for one in search_sessions(wanted.events, 0) if one.has_impressions]
    if not sessions:
        absent = [
            no_figures(KIND, name, _both(_NOT_NAMED, _NO_IMPRESSIONS), ESTIMATED)
            for name in encoder_names(settings, wanted)
        ]
        return Measured([*figures, *absent])
    try:
        figures += _estimated(settings, wanted, sessions, log)
    except ShangsouError as problem:
        figures.append(no_figures(KIND, "", unusable(problem), ESTIMATED))
    return Measured(figures, [_NOT_NAMED])


def _by_model(wanted: ComparisonInput) -> Iterator[Figure]:
    """Yield the rates of what served, the one with most searches first, which others are compared with."""
    traffic = {name: measure_traffic(events).all for name, events in wanted.served.items()}
    ordered = sorted(traffic, key=lambda name: (-traffic[name].searches, name))
    for name in ordered:
        baseline = None if name == ordered[0] else (ordered[0], traffic[ordered[0]])
        if traffic[name].searches:
            yield from _rates(name, traffic[name], baseline)
        else:
            yield no_figures(
                KIND, name, Reason("it served no search of the log", "日志里没有由它提供服务的搜索"), SERVED
            )


def _rates(
    name: str,
    traffic: Traffic | ShelfTraffic,
    baseline: tuple[str, Traffic] | None = None,
    part: str = SERVED,
) -> Iterator[Figure]:
    for measure, attribute in _RATES.items():
        rate: Rate = getattr(traffic, attribute)
        gains = () if baseline is None else (_gain(rate, baseline[0], getattr(baseline[1], attribute)),)
        yield Figure(KIND, name, part, measure, rate.value, rate.of, rate.low, rate.high, gains)


def _gain(rate: Rate, baseline: str, other: Rate) -> Gain:
    of_both = (round(one.value * one.of) for one in (rate, other))
    first, second = of_both
    return Gain(baseline, *share_difference(first, rate.of, second, other.of))


def _estimated(
    settings: Settings, wanted: ComparisonInput, sessions: Sequence[SearchSession], log: Log
) -> Iterator[Figure]:
    examination = estimate_examination(sessions)
    queries = sorted({session.query for session in sessions})
    log(f"clicks of {len(sessions):,} search sessions, of {len(queries):,} queries")
    with open_shop(settings) as shop:
        for name, retriever in plain_retrievers(shop).items():
            yield from _estimates(name, retriever, queries, sessions, examination)
        for name, encoder, _ in open_encoders(settings, wanted):
            if isinstance(encoder, Reason):
                yield no_figures(KIND, name, encoder, ESTIMATED)
                continue
            try:
                yield from _estimates(name, VectorRetriever(shop, encoder), queries, sessions, examination)
            except ShangsouError as problem:
                yield no_figures(KIND, name, unusable(problem), ESTIMATED)


def _estimates(
    name: str,
    retriever: Retriever,
    queries: Sequence[str],
    sessions: Sequence[SearchSession],
    examination: Sequence[float | None],
) -> Iterator[Figure]:
    run = dict(zip(queries, retriever.find(queries, _DEPTH), strict=True))
    # A purchase of what was clicked: the same weights hold, since it takes that the place was looked at.
    of_purchases = [replace(one, clicked=one.clicked & one.bought) for one in sessions]
    for measure, logged in zip(_ESTIMATES, (sessions, of_purchases), strict=True):
        yield _estimate(name, measure, run, logged, examination)


def _estimate(
    name: str,
    measure: str,
    run: Mapping[str, Sequence[str]],
    sessions: Sequence[SearchSession],
    examination: Sequence[float | None],
) -> Figure:
    try:
        found = counterfactual_clicks(sessions, run, examination, k=_DEPTH)
    except ShangsouError as problem:
        return Figure(KIND, name, ESTIMATED, measure, reason=unusable(problem))
    if reason := _unknown(found):
        return Figure(KIND, name, ESTIMATED, measure, n=found.queries, reason=reason)
    ips = found.ips
    low, high = ips.interval or (None, None)
    limit = _lower_bound(found)
    least, most = ips.difference_interval or (None, None)
    gains = (Gain(AS_LOGGED, ips.difference, least, most, limit is not None),)
    # Queries are what is resampled.
    return Figure(KIND, name, ESTIMATED, measure, ips.value, found.queries, low, high, gains, limit)


def _unknown(found: CounterfactualClicks) -> Reason | None:
    if not found.clicks:
        return Reason(
            "nobody clicked or bought what it shows first, or the log never showed that",
            "日志里没有人点击或购买它排在前面的商品，或者这些商品从未展示过",
        )
    if found.clipped > _MAX_CLIPPED:
        return Reason(
            f"{found.clipped:.0%} of the clicks had a weight beyond the limit: give more sessions of a query",
            f"{found.clipped:.0%} 的点击权重超过上限：每条查询需要更多会话",
        )
    return None


def _lower_bound(found: CounterfactualClicks) -> Reason | None:
    if not found.never_shown:
        return None
    return Reason(
        f"{found.never_shown:.0%} of its first {_DEPTH} places hold products that the log never showed; they "
        "count as never clicked, and the figure is too low",
        f"前 {_DEPTH} 位中 {found.never_shown:.0%} 的商品从未展示过，按没有点击计，数值偏低",
    )


def _both(first: Reason, second: Reason) -> Reason:
    return Reason(f"{first.text}; {second.text}", f"{first.chinese}；{second.chinese}")


TRAFFIC = ModelKind(
    KIND,
    "点击与成交",
    "日志写明由哪个模型提供服务时，按搜索计算点击率和成交率，差值是两组独立搜索之差；否则只在有曝光时，按曝光估计编码器"
    "单独排序会得到的点击和成交。",
    measure_clicks,
    {
        AS_LOGGED: "日志中的排序",
        SERVED: "实际提供服务的搜索",
        SHOWN: "顾客看到的货架",
        ESTIMATED: "按曝光估计的前 10 位",
        # Kinds of shelves; `trending` is a baseline of recommendations elsewhere.
        "similar": "相似商品",
        "together": "搭配购买",
        "for-you": "为您推荐",
        "trending": "热卖趋势",
        "new": "新品上架",
        "on-offer": "限时优惠",
        "cross-category": "相关类目",
        "recent": "最近浏览",
    },
    {SERVED: "次搜索", SHOWN: "次展示"},
)
