"""Writes a random checkpoint of a real size, for measurements.

    python make_random_checkpoint.py SIZE FAMILY OUT [--head H]

SIZE is tiny, minilm, distilbert or base; FAMILY is bert, roberta, xlm-roberta or distilbert; H is seq (2 labels), tok
or mlm. The vocabulary has the family's size, but the tokeniser knows only some 2,000 of its tokens.
"""

import argparse
from pathlib import Path

import torch
import transformers

from golden_text import corpus
from golden_tokenizers import FAMILIES, build, save

# layers, hidden size, intermediate size, attention heads
SIZES = {
    "tiny": (2, 128, 512, 2),
    "minilm": (6, 384, 1536, 12),
    "distilbert": (6, 768, 3072, 12),
    "base": (12, 768, 3072, 12),
}
_VOCABULARY = {"bert": 30522, "distilbert": 30522, "roberta": 50265, "xlm-roberta": 250002}
_HEADS = {
    "seq": transformers.AutoModelForSequenceClassification,
    "tok": transformers.AutoModelForTokenClassification,
    "mlm": transformers.AutoModelForMaskedLM,
}


def make(size: str, family: str, head: str, folder: Path) -> int:
    """Writes the folder and returns the number of parameters."""
    layers, hidden, intermediate, heads = SIZES[size]
    roberta = "roberta" in family
    if family == "distilbert":
        shape = {"n_layers": layers, "dim": hidden, "hidden_dim": intermediate, "n_heads": heads}
    else:
        shape = {
            "num_hidden_layers": layers, "hidden_size": hidden, "intermediate_size": intermediate,
            "num_attention_heads": heads, "type_vocab_size": 1 if roberta else 2,
            "layer_norm_eps": 1e-5 if roberta else 1e-12,
        }
    config = transformers.AutoConfig.for_model(
        family, vocab_size=_VOCABULARY[family], max_position_embeddings=514 if roberta else 512,
        pad_token_id=1 if roberta else 0, num_labels=2, **shape,
    )
    torch.manual_seed(1)
    model = _HEADS[head].from_config(config)
    folder.mkdir(parents=True, exist_ok=True)
    save(family, build(family, corpus(), 2000), folder, 512)
    model.save_pretrained(folder)
    return sum(parameter.numel() for parameter in model.parameters())


def main() -> None:
    parser = argparse.ArgumentParser(description="writes a random checkpoint of a real size")
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("family", choices=FAMILIES)
    parser.add_argument("out", type=Path)
    parser.add_argument("--head", choices=_HEADS, default="seq")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    parameters = make(arguments.size, arguments.family, arguments.head, arguments.out)
    print(f"{arguments.out}: {arguments.family}, {arguments.size}, {parameters} random parameters")


if __name__ == "__main__":
    main()
