"""The loss of queries against the whole catalog, as the untrained encoder has it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from training.encoder.batches import Example
from training.encoder.kept_titles import FixedTitles
from training.encoder.losses import embed
from training.encoder.options import FineTuningOptions

# Of a title that the query is paired with too: it is no negative.
_EXCLUDED = -1e4


class CatalogLoss:
    """Cross-entropy of each query's product among all titles, whose vectors stay, and its distance.

    Titles need not move for a name to be learned: its place is where its products are. No title is encoded,
    each query is told from all products and not from those of its batch, and what the index finds for other
    queries is left alone (fine-tuning of the query side, Lee et al. 2021).

    The distance is what the cosine lacks to that of known queries, over the temperature. Cross-entropy ranks
    and no more: by it alone what is learned lies below the cut-offs of a search, which then finds nothing.

    Parameters
    ----------
    model
        The `SentenceTransformer` to train, on its device.
    titles
        With all titles of the examples.
    examples
        All that is trained on: other products of a query are no negatives of it.
    options
        With the temperature, by which cosines are divided, and the weight of the distance.
    """

    def __init__(
        self, model: Any, titles: FixedTitles, examples: Sequence[Example], options: FineTuningOptions
    ) -> None:
        import torch

        self._model = model
        self._temperature, self._nearness = options.temperature, options.nearness
        self._vectors = torch.tensor(titles.titles.vectors, device=model.device)
        self._known_cosine = titles.known_cosine
        self._row_of = {title: row for row, title in enumerate(titles.titles.texts)}
        self._rows_of_query: dict[str, set[int]] = {}
        for one in examples:
            self._rows_of_query.setdefault(one.query, set()).add(self._row_of[one.title])

    def __call__(self, examples: Sequence[Example]) -> Any:
        """Return the mean loss of some examples, as a tensor."""
        import torch

        queries = embed(self._model, [one.query for one in examples]).float()
        meant = [self._row_of[one.title] for one in examples]
        excluded = np.zeros((len(examples), len(self._vectors)), np.float32)
        for number, (one, row) in enumerate(zip(examples, meant, strict=True)):
            excluded[number, list(self._rows_of_query[one.query] - {row})] = _EXCLUDED
        device = self._model.device
        # Of 32 bits: 16 tell the cosines of neighbours apart no more.
        with torch.autocast(device.type, enabled=False):
            logits = queries @ self._vectors.T / self._temperature
            own = logits[torch.arange(len(examples)), meant]
            lacking = (self._known_cosine / self._temperature - own).clamp(min=0)
            logits = logits + torch.tensor(excluded, device=device)
            ranked = torch.nn.functional.cross_entropy(logits, torch.tensor(meant, device=device))
            return ranked + self._nearness * lacking.mean()
