"""From pairs to a task: examples with weights and hard negatives, batches, validation, titles and retention.

What was measured of the base or mined is kept in the run, so that a run that goes on makes the same batches
and tells queries from the same vectors, whatever precision the base serves in meanwhile.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from shangsou.errors import UnusableInput
from shangsou.settings import Settings
from shangsou.text.plurals import quantity
from training.encoder.base_vectors import BaseVectors, Encode, encode_pairs
from training.encoder.batches import BatchPlan, Example, plan_batches
from training.encoder.difficulty import weigh_by_difficulty
from training.encoder.hard_negatives import groups_by_query, live_search, mine_hard_negatives
from training.encoder.kept_titles import FixedTitles, choose_titles, keep_titles, read_titles
from training.encoder.options import FineTuningOptions
from training.encoder.retention import Retention, retained_texts
from training.encoder.run_folder import RunFolder
from training.encoder.train import Task
from training.encoder.validation import ValidationSet, validation_set
from training.pairs.pair import Pair

_WEIGHTS, _NEGATIVES = "weights.json", "negatives.json"


@dataclass(frozen=True, slots=True)
class Outline:
    """What follows from pairs and options alone, before anything is encoded."""

    examples: Sequence[Example]
    plan: BatchPlan
    validation: ValidationSet
    retention: Retention | None


def outline_task(pairs: Sequence[Pair], options: FineTuningOptions) -> Outline:
    """Return what is trained on and judged by.

    Raises
    ------
    UnusableInput
        There are no pairs to train on or to validate by, too few products for a batch, or options that do not
        go together.
    """
    if options.hard_negatives and options.loss == "catalog":
        raise UnusableInput(
            "--hard-negatives goes with --loss ranking or gist: by the loss catalog each query is told from "
            "all titles already"
        )
    retention = retained_texts(pairs) if options.retention else None
    examples = training_examples(pairs, only_shoppers=retention is not None)
    plan = plan_batches(examples, batch_size=options.batch_size, epochs=options.epochs, seed=options.seed)
    return Outline(examples, plan, validation_set(pairs, seed=options.seed), retention)


def plan_task(  # noqa: PLR0913, PLR0917 - what is planned, and what for
    outline: Outline,
    pairs: Sequence[Pair],
    encode: Encode,
    options: FineTuningOptions,
    run: RunFolder,
    settings: Settings,
    log: Callable[[str], None],
) -> Task:
    """Return what a run does.

    Parameters
    ----------
    outline
        Of these pairs and options.
    encode
        The untrained encoder, to vectors of length 1.
    """
    examples, plan = outline.examples, outline.plan

    @cache
    def base() -> BaseVectors:
        log("the base encodes queries and titles")
        return encode_pairs(pairs, encode)

    if options.retention and outline.retention is None:
        log("no query of the pairs is written from a title: nothing is kept where the base has it")
    titles = _titles(pairs, examples, base, options.seed, run) if options.loss == "catalog" else None
    drawn = examples
    if options.draw == "difficulty":
        drawn = _with_difficulty(drawn, base, options.seed, run)
    if options.hard_negatives:
        drawn = _with_negatives(drawn, pairs, settings, options.seed, run, log)
    if drawn is not examples:
        plan = plan_batches(drawn, batch_size=options.batch_size, epochs=options.epochs, seed=options.seed)
    task = Task(drawn, plan, outline.validation, options, titles, outline.retention)
    log(
        f"{quantity(len(examples), 'pair')}: {quantity(task.steps, 'step')} with {options.batch_size} each; "
        f"{plan.left_out:,} of {plan.drawn:,} left out, whose product or query every batch had already"
    )
    return task


def training_examples(pairs: Sequence[Pair], *, only_shoppers: bool) -> list[Example]:
    """Return the pairs of the split `train` as examples.

    Parameters
    ----------
    only_shoppers
        Only pairs of shoppers, where there are any: what the base knows already is kept, and not learned.
    """
    training = [pair for pair in pairs if pair.split == "train"]
    typed = [pair for pair in training if pair.shopper_hash]
    return [
        Example(pair.query, pair.title, pair.group, float(pair.weight), pair.product_id)
        for pair in (typed if only_shoppers and typed else training)
    ]


def _with_difficulty(
    examples: Sequence[Example], base: Callable[[], BaseVectors], seed: int, run: RunFolder
) -> list[Example]:
    kept = run.read(_WEIGHTS)
    if kept is not None:
        return [replace(one, weight=weight) for one, weight in zip(examples, kept, strict=True)]
    weighed = weigh_by_difficulty(examples, base(), seed=seed)
    run.write_text(_WEIGHTS, json.dumps([one.weight for one in weighed]))
    return weighed


def _titles(
    pairs: Sequence[Pair],
    examples: Sequence[Example],
    base: Callable[[], BaseVectors],
    seed: int,
    run: RunFolder,
) -> FixedTitles:
    kept = read_titles(run)
    if kept is None:
        kept = choose_titles(pairs, examples, base(), seed=seed)
        keep_titles(kept, run)
    return kept


def _with_negatives(  # noqa: PLR0913, PLR0917 - what is mined, where, and where that is kept
    examples: Sequence[Example],
    pairs: Sequence[Pair],
    settings: Settings,
    seed: int,
    run: RunFolder,
    log: Callable[[str], None],
) -> list[Example]:
    kept = run.read(_NEGATIVES)
    if kept is not None:
        return [
            replace(one, negative=title, negative_group=group)
            for one, (title, group) in zip(examples, kept, strict=True)
        ]
    queries = len({example.query for example in examples})
    log(f"mining hard negatives: {queries:,} queries are searched for in the live index")
    with live_search(settings) as search:
        mined = mine_hard_negatives(examples, groups_by_query(pairs), search, seed=seed)
    run.write_text(_NEGATIVES, json.dumps([(one.negative, one.negative_group) for one in mined]))
    return mined
