"""From pairs to a task: examples with weights and hard negatives, batches, validation and retention.

What was measured of the base or mined is kept in the run, so that a run that goes on makes the same batches
and keeps the same cosines, whatever precision the base serves in meanwhile.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from shangsou.settings import Settings
from training.encoder.base_vectors import BaseVectors, Encode, encode_pairs
from training.encoder.batches import Example, plan_batches
from training.encoder.difficulty import weigh_by_difficulty
from training.encoder.hard_negatives import groups_by_query, live_search, mine_hard_negatives
from training.encoder.options import FineTuningOptions
from training.encoder.retention import Retention, find_retention, keep_retention, read_retention
from training.encoder.run_folder import RunFolder
from training.encoder.train import Task
from training.encoder.validation import validation_set
from training.pairs.pair import Pair

_WEIGHTS, _NEGATIVES = "weights.json", "negatives.json"


def plan_task(  # noqa: PLR0913, PLR0917 - what is planned, and what for
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
    encode
        The untrained encoder, to vectors of length 1.

    Raises
    ------
    UnusableInput
        There are no pairs to train on or to validate by, or too few products for a batch.
    """
    validation = validation_set(pairs, seed=options.seed)
    examples = training_examples(pairs)
    # Before what takes time: what cannot be trained on is refused at once.
    plan = plan_batches(examples, batch_size=options.batch_size, epochs=options.epochs, seed=options.seed)

    @cache
    def base() -> BaseVectors:
        texts = len({one.query for one in examples}) + len({one.title for one in examples})
        log(f"the base encodes {texts:,} queries and titles")
        return encode_pairs(pairs, encode)

    retention = _retention(pairs, base, options.seed, run, log) if options.retention else None
    drawn = examples
    if options.draw == "difficulty":
        drawn = _with_difficulty(drawn, base, options.seed, run)
    if options.hard_negatives:
        drawn = _with_negatives(drawn, pairs, settings, options.seed, run, log)
    if drawn is not examples:
        plan = plan_batches(drawn, batch_size=options.batch_size, epochs=options.epochs, seed=options.seed)
    task = Task(drawn, plan, validation, options, retention)
    log(
        f"{len(examples):,} pairs in {task.steps:,} batches of {options.batch_size}; {plan.left_out:,} of "
        f"{plan.drawn:,} left out, whose product or query every batch had already"
    )
    return task


def training_examples(pairs: Sequence[Pair]) -> list[Example]:
    """Return the pairs of the split `train` as examples."""
    return [
        Example(pair.query, pair.title, pair.group, float(pair.weight), pair.product_id)
        for pair in pairs
        if pair.split == "train"
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


def _retention(
    pairs: Sequence[Pair],
    base: Callable[[], BaseVectors],
    seed: int,
    run: RunFolder,
    log: Callable[[str], None],
) -> Retention | None:
    kept = read_retention(run)
    if kept is not None:
        return kept
    found = find_retention(pairs, base(), seed=seed)
    if found is None:
        log("no query of the pairs is written from a title: none is kept where the base has it")
    else:
        keep_retention(found, run)
    return found


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
