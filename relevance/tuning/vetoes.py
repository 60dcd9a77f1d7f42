"""Vetoes: cases of suites, and facts that queries state, which must not be lost for a gain."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from relevance.searchers import RecipeSearcher
from relevance.suites.run import CaseResult, run_case
from relevance.suites.suite import Suite, SuiteCase
from relevance.tuning.evaluator import SettingEvaluator
from relevance.tuning.exact_facts import find_fact_losses
from relevance.tuning.parameters import Setting
from relevance.tuning.recorded_queries import QueryScores


class GuardedCase(NamedTuple):
    """A case of a suite, with its place."""

    where: str
    """As `shop.yaml: case 3 (科洵手机壳)`."""
    case: SuiteCase


class Vetoes:
    """Finds why a setting must not be chosen: compared with the one that tuning starts with.

    A suite vetoes where a case that passes under the start fails, unless it need not pass; queries that state
    facts, as a brand or a model number, where their first pages lose them (`find_fact_losses`).
    """

    def __init__(
        self, evaluator: SettingEvaluator, suites: Mapping[str, Suite], *, guards_facts: bool = True
    ) -> None:
        """`suites` by file; with `guards_facts` also queries that state facts veto."""
        self._evaluator, self._guards_facts = evaluator, guards_facts
        cases = [
            GuardedCase(f"{file}: case {number} ({case.query})", case)
            for file, suite in suites.items()
            for number, case in enumerate(suite.cases, start=1)
            if case.must
        ]
        results = self._run(evaluator.start, cases)
        self.guarded = [
            guarded for guarded, result in zip(cases, results, strict=True) if result.outcome == "passed"
        ]
        """The cases that pass now."""
        self._broken: dict[Setting, tuple[str, ...]] = {}

    def find(self, setting: Setting, weights: QueryScores) -> list[str]:
        """Return why a setting must not be chosen; only queries with a weight count."""
        return [*self._fact_losses(setting, weights), *self._broken_cases(setting)]

    def _fact_losses(self, setting: Setting, weights: QueryScores) -> list[str]:
        if not self._guards_facts:
            return []
        before, after = self._evaluator.replay([self._evaluator.start, setting])
        texts = [query.text for query in self._evaluator.target.queries]
        return find_fact_losses(before.facts, after.facts, texts, weights > 0)

    def _broken_cases(self, setting: Setting) -> tuple[str, ...]:
        if setting not in self._broken:
            self._broken[setting] = tuple(
                f"{guarded.where} would fail: {'; '.join(problem.text for problem in result.problems)}"
                for guarded, result in zip(self.guarded, self._run(setting, self.guarded), strict=True)
                if result.fails
            )
        return self._broken[setting]

    def _run(self, setting: Setting, cases: Sequence[GuardedCase]) -> list[CaseResult]:
        if not cases:
            return []
        recipe = self._evaluator.recipe(setting)
        with self._evaluator.searcher(recipe) as searcher:
            return [run_case(guarded.case, RecipeSearcher(searcher, recipe)) for guarded in cases]
