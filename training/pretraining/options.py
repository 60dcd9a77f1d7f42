"""Options of pre-training."""

from dataclasses import dataclass
from typing import Literal

from training.encoder.options import PrecisionName

ObjectiveName = Literal["retromae", "mlm"]


@dataclass(frozen=True, slots=True)
class PretrainingOptions:
    """What determines the result, with base and texts."""

    objective: ObjectiveName = "retromae"
    """`mlm`: masked words are predicted from the rest of the text (Devlin et al. 2018); `retromae`: the whole
    text is predicted from its vector and few of its words, too (Xiao et al. 2022)."""
    epochs: int = 1
    batch_size: int = 64
    """Texts of a step."""
    learning_rate: float = 1e-4
    """At its highest. That of the pre-training of RetroMAE."""
    mask: float = 0.3
    """Share of a text's tokens that the encoder does not see. That of RetroMAE, as is the next."""
    decoder_mask: float = 0.5
    """Share of the other tokens that the decoder does not see when it predicts one."""
    retention: float = 0.1
    """Weight of the loss by which the vector of a masked text stays near the one that the base has of the
    whole text; 0 for none."""
    warm_up: int = 200
    """Steps in which the heads alone learn, while the encoder stands still."""
    words: int = 0
    """Words of the shop, the most frequent, that join the vocabulary."""
    evaluate_every: int = 200
    """Steps."""
    max_steps: int = 0
    """After the warm-up; 0 for no limit."""
    precision: PrecisionName = "auto"
    seed: int = 0
