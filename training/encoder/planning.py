"""From pairs to a task: examples with weights and hard negatives, batches, validation and retention.

What was measured of the base or mined is kept in the run, so that a run that goes on makes the same batches
and keeps the same cosines, whatever precision the base serves in meanwhile.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from shangsou.settings import Settings
from training.encoder.base_vectors import Encode, encode_pairs
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
    weights, retention = _measure_base(examples, pairs, encode, options, run, log)
    if weights is not None:
        examples = [replace(one, weight=weight) for one, weight in zip(examples, weights, strict=True)]
    if options.hard_negatives:
        examples = _with_negatives(examples, pairs, settings, options.seed, run, log)
    plan = plan_batches(examples, batch_size=options.batch_size, epochs=options.epochs, seed=options.seed)
    task = Task(examples, plan, validation, options, retention)
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


def _measure_base(  # noqa: PLR0913, PLR0917 - what is encoded and measured, and where that is kept
    examples: Sequence[Example],
    pairs: Sequence[Pair],
    encode: Encode,
    options: FineTuningOptions,
    run: RunFolder,
    log: Callable[[str], None],
) -> tuple[Sequence[float] | None, Retention | None]:
    """Return the weights by difficulty and the retention, each None where the options leave it out."""
    weights = run.read(_WEIGHTS) if options.draw == "difficulty" else None
    retention = read_retention(run) if options.retention else None
    needs_weights = options.draw == "difficulty" and weights is None
    needs_retention = bool(options.retention) and retention is None
    if not (needs_weights or needs_retention):
        return weights, retention
    texts = len({one.query for one in examples}) + len({one.title for one in examples})
    log(f"the base encodes {texts:,} queries and titles")
    base = encode_pairs(pairs, encode)
    if needs_weights:
        weights = [one.weight for one in weigh_by_difficulty(examples, base, seed=options.seed)]
        run.write_text(_WEIGHTS, json.dumps(weights))
    if needs_retention:
        retention = find_retention(pairs, base, seed=options.seed)
        if retention is None:
            log("no query of the pairs is written from a title: none is kept where the base has it")
        else:
            keep_retention(retention, run)
    return weights, retention


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
