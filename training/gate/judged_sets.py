"""The sets of judged queries that a model is measured on, of one file or several."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from relevance.commands.options import JudgedOptions
from relevance.judgements import DEFAULT_SET, Qrels, Query
from shangsou.text.normalize import normalize


@dataclass(frozen=True, slots=True)
class JudgedSets:
    """Judged queries of all files; their ids are those of this run alone."""

    queries: Sequence[Query] = ()
    grades: Qrels = field(default_factory=dict)


def read_judged_sets(
    queries_paths: Sequence[Path], qrels_paths: Sequence[Path], judgements_paths: Sequence[Path]
) -> JudgedSets:
    """Return the judged queries of files as of `shangsou evaluate`, each of queries with its qrels.

    Files of `judgements_paths` come first. A file without sets is one, by its name. A query that an earlier
    file has too counts as the one of that file, in each of its sets, and is judged by both: so what was
    judged since joins what was judged before. Where both judge a product the later file wins. Raises
    `click.UsageError` where the numbers of files differ, and `UnusableInput` as `JudgedOptions.read`.
    """
    if len(queries_paths) != len(qrels_paths):
        raise click.UsageError(
            f"{len(queries_paths)} times --queries and {len(qrels_paths)} times --qrels: each file of "
            "queries needs its own of judgements, in the same order"
        )
    sources: list[tuple[Path | None, Path | None, Path | None]] = [
        *((None, None, path) for path in judgements_paths),
        *((queries, qrels, None) for queries, qrels in zip(queries_paths, qrels_paths, strict=True)),
    ]
    queries: list[Query] = []
    grades: dict[str, Mapping[str, int]] = {}
    earlier: dict[str, list[str]] = {}
    for number, (queries_path, qrels_path, judgements_path) in enumerate(sources, 1):
        options = JudgedOptions(
            queries_path, qrels_path, judgements_path, "", graded=False, auto_tags=False, mode="hybrid"
        )
        of_file, qrels = options.read(needs_relevant=False)
        stem = (queries_path or judgements_path or Path()).stem
        names = {query.set: stem if query.set == DEFAULT_SET else query.set for query in of_file}
        taken = {query.set for query in queries}
        of_this: defaultdict[str, list[str]] = defaultdict(list)
        for query in of_file:
            judged = qrels.get(query.qid, {})
            text = normalize(query.text)
            for known in earlier.get(text, ()):
                grades[known] = {**grades[known], **judged}
            if text in earlier:
                continue
            name = names[query.set]
            if name in taken:
                name = f"{name} ({number})"
            qid = f"{number}/{query.qid}"
            queries.append(replace(query, qid=qid, set=name))
            grades[qid] = judged
            of_this[text].append(qid)
        earlier |= of_this
    return JudgedSets(queries, grades)
