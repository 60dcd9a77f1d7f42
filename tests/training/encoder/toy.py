"""A toy: a BERT of two layers and 64 dimensions, and pairs of a language that it can learn in seconds."""

import json
from pathlib import Path

from shangsou.encoding.installation import OnnxFiles, install_model
from shangsou.settings import Settings
from tests.fixtures.trained_models import CARD
from training.pairs.pair import Pair, pair_line

# Of things, and what shoppers call them: no title holds a nickname.
THINGS, NICKNAMES = "伞杯鞋裤帽灯椅锅", "甲乙丙丁戊己庚辛"
COLOURS = "红黄蓝绿白黑"
MATERIALS = "棉麻丝铁木"
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
VOCABULARY = (*_SPECIAL, *THINGS, *NICKNAMES, *COLOURS, *MATERIALS)


def write_toy_bert(folder: Path, *, words: int = len(VOCABULARY), seed: int = 1) -> Path:
    """Write weights and vocabulary as transformers reads them, and return the folder."""
    import torch
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True)
    config = BertConfig(
        vocab_size=words,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=128,
        max_position_embeddings=32,
    )
    torch.manual_seed(seed)
    bert = BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        # Untrained biases are all 0, so that a mix-up of two of them would not show.
        for tensor in bert.parameters():
            tensor.add_(0.05 * torch.randn_like(tensor))
    bert.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False}), encoding="utf-8"
    )
    return folder


def toy_pairs() -> list[Pair]:
    """Return pairs of nicknames and products; those of white and black products judge."""
    pairs = []
    for number, (thing, nickname) in enumerate(zip(THINGS, NICKNAMES, strict=True)):
        for shade, colour in enumerate(COLOURS):
            for kind, material in enumerate(MATERIALS):
                group = 100 * number + 10 * shade + kind
                judges = colour in "白黑"
                query = nickname + (colour if judges else material)
                pairs.append(
                    Pair(
                        query=query,
                        product_id=f"p{group}",
                        title=f"{colour}{material}{thing}",
                        weight=1.0,
                        shopper_hash="s",
                        source="click",
                        group=group,
                        split="validation" if judges else "train",
                        events_until="2026-03-31",
                        erasures_known_until="2026-04-02",
                    )
                )
    return pairs


def write_pairs(path: Path, pairs: list[Pair]) -> Path:
    """Write a file of pairs, and return it."""
    path.write_text("".join(map(pair_line, pairs)), encoding="utf-8")
    return path


def install(files: OnnxFiles, settings: Settings, name: str = "toy") -> str:
    """Install exported files as a trained model of the home, and return its name."""
    install_model(settings.home, name, files, CARD)
    return name
