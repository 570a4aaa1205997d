"""Tiny random checkpoints of every family and head, and what transformers answers for them in fp32."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoTokenizer, pipeline

from golden_text import LATIN
from golden_tokenizers import build, save

MAX_TOKENS = 40
_HIDDEN, _INTERMEDIATE, _ATTENTION_HEADS = 32, 48, 4

_AUTO = {
    "base": transformers.AutoModel,
    "seq": transformers.AutoModelForSequenceClassification,
    "multi": transformers.AutoModelForSequenceClassification,
    "tok": transformers.AutoModelForTokenClassification,
    "mlm": transformers.AutoModelForMaskedLM,
}
_LABELS = {
    "seq": ["negative", "neutral", "positive"],
    "multi": ["urgent", "billing", "praise", "spam"],
    "tok": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
}

TEXTS = [
    "The weather was cold, but Anna stayed in Berlin.",
    "Congratulations! You've won a FREE phone, click here: https://www.example.org/?x=1",
    "Où est la bibliothèque? It's near the old café 😀",
    "",
    "word",
]
_PAIRS = [
    ("The children played outside.", "Nobody was in the garden."),
    ("What is the capital?", "The capital of France is Paris, the city of light, and so it was in 1969."),
    ("short", ""),
    ("This first part is long, so that it must be cut: one, two, three, four, five", "and the second one is long too"),
]
_LONG = ["The river runs through the old town and under three stone bridges. " * 4, "short one"]


@dataclass(frozen=True)
class Case:
    """A checkpoint to make: family, head, dtype of the file, and how its files are laid out."""

    family: str
    head: str
    dtype: torch.dtype
    vocabulary_only: bool = False
    sharded: bool = False
    legacy_names: bool = False

    @property
    def name(self) -> str:
        return f"{self.family}-{self.head}"

    @property
    def layers(self) -> int:
        # Two where the encoder itself is looked at, one where the head is.
        return 2 if self.head in ("seq", "base") else 1


CASES = [
    Case("bert", "seq", torch.float32),
    Case("roberta", "seq", torch.float16),
    Case("xlm-roberta", "seq", torch.float16),
    Case("distilbert", "seq", torch.bfloat16),
    Case("bert", "multi", torch.float16, vocabulary_only=True),
    Case("bert", "tok", torch.bfloat16),
    Case("roberta", "tok", torch.bfloat16, sharded=True),
    Case("xlm-roberta", "tok", torch.bfloat16),
    Case("distilbert", "tok", torch.bfloat16, vocabulary_only=True),
    Case("bert", "mlm", torch.float16),
    Case("roberta", "mlm", torch.float16, vocabulary_only=True),
    Case("xlm-roberta", "mlm", torch.float16),
    Case("distilbert", "mlm", torch.float16),
    Case("bert", "base", torch.float16, legacy_names=True),
    Case("roberta", "base", torch.float16),
    Case("xlm-roberta", "base", torch.float16),
    Case("distilbert", "base", torch.float16),
]


def _config(case: Case, vocabulary_size: int) -> transformers.PretrainedConfig:
    labels = _LABELS.get(case.head)
    common = {"vocab_size": vocabulary_size, "pad_token_id": 1 if "roberta" in case.family else 0}
    if labels:
        common["id2label"] = dict(enumerate(labels))
        common["label2id"] = {label: index for index, label in enumerate(labels)}
    if case.head in ("seq", "multi"):
        common["problem_type"] = f"{'multi' if case.head == 'multi' else 'single'}_label_classification"
    if case.family == "distilbert":
        return AutoConfig.for_model(
            "distilbert", dim=_HIDDEN, hidden_dim=_INTERMEDIATE, n_layers=case.layers, n_heads=_ATTENTION_HEADS,
            max_position_embeddings=MAX_TOKENS, **common,
        )
    roberta = "roberta" in case.family
    return AutoConfig.for_model(
        case.family, hidden_size=_HIDDEN, intermediate_size=_INTERMEDIATE, num_hidden_layers=case.layers,
        num_attention_heads=_ATTENTION_HEADS, type_vocab_size=1 if roberta else 2,
        # RoBERTa's positions start after the padding id.
        max_position_embeddings=MAX_TOKENS + (2 if roberta else 0),
        layer_norm_eps=1e-5 if roberta else 1e-12, **common,
    )


def _randomise(model: torch.nn.Module, seed: int) -> None:
    """Gives every parameter values large enough that an error in any of them moves the outputs."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name == "classifier.weight":
                # Decided answers: token classification then finds entities of several labels.
                parameter.copy_(noise)
            elif parameter.dim() == 2:
                parameter.copy_(noise * 0.25)
            elif "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + noise * 0.1)
            else:
                parameter.copy_(noise * 0.1)


def _rename_as_in_old_checkpoints(folder: Path) -> None:
    """Gives the tensors the names of 2019: gamma and beta of a LayerNorm, and the buffer of positions."""
    path = folder / "model.safetensors"
    tensors = {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
        for name, tensor in load_file(path).items()
    }
    tensors["embeddings.position_ids"] = torch.arange(MAX_TOKENS).unsqueeze(0)
    save_file(tensors, path, metadata={"format": "pt"})


def make_checkpoint(case: Case, folder: Path, seed: int) -> None:
    """Writes the checkpoint in the Hugging Face layout."""
    tokenizer = build(case.family, LATIN, 160 if case.family != "roberta" else 280, full_normalizer=False)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    save(case.family, tokenizer, folder, MAX_TOKENS, case.vocabulary_only)
    torch.manual_seed(seed)
    model = _AUTO[case.head].from_config(_config(case, tokenizer.get_vocab_size()))
    _randomise(model, seed)
    model.to(case.dtype).save_pretrained(folder, max_shard_size="16KB" if case.sharded else "1GB")
    if case.legacy_names:
        _rename_as_in_old_checkpoints(folder)


def load(case: Case, folder: Path) -> tuple[torch.nn.Module, transformers.PreTrainedTokenizerBase]:
    """Loads a checkpoint in fp32, as every golden output is computed."""
    model = _AUTO[case.head].from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    return model, AutoTokenizer.from_pretrained(folder)


def _sets(case: Case, mask: str) -> dict[str, tuple[list[str], list[str] | None]]:
    if case.head == "mlm":
        sentences = [f"The capital of France is the {mask} of Paris.", f"{mask} children{mask} outside until evening."]
        return {"single": (sentences, None)}
    sets: dict[str, tuple[list[str], list[str] | None]] = {"single": (TEXTS, None), "truncated": (_LONG, None)}
    if case.head in ("seq", "multi"):
        sets["pair"] = ([first for first, _ in _PAIRS], [second for _, second in _PAIRS])
    return sets


def _pooled(hidden: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
    weights = mask.unsqueeze(-1).float()
    mean = (hidden * weights).sum(1) / weights.sum(1)
    cls = hidden[:, 0]
    normalise = torch.nn.functional.normalize
    return {"mean": mean, "cls": cls, "mean_normalized": normalise(mean), "cls_normalized": normalise(cls)}


def _pipeline_answers(case: Case, model, tokenizer, texts: list[str], mask_texts: list[str]) -> dict:
    filled = [text for text in texts if text]
    if case.head in ("seq", "multi"):
        classify = pipeline("text-classification", model=model, tokenizer=tokenizer)
        answers = [classify(text, top_k=None, truncation=True) for text in filled]
        return {"text-classification": {"texts": filled, "answers": answers}}
    if case.head == "tok":
        answers = {}
        for strategy in ("simple", "first", "average", "max"):
            find = pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy=strategy)
            answers[strategy] = [find(text) for text in filled]
        return {"token-classification": {"texts": filled, "answers": answers}}
    if case.head == "mlm":
        fill = pipeline("fill-mask", model=model, tokenizer=tokenizer, top_k=5)
        return {"fill-mask": {"texts": mask_texts, "answers": [fill(text) for text in mask_texts]}}
    return {}


def golden_outputs(case: Case, folder: Path, target: Path) -> None:
    """Writes <case>.safetensors (tensors) and <case>.json (texts, labels and the answers of pipelines)."""
    model, tokenizer = load(case, folder)
    tensors: dict[str, torch.Tensor] = {}
    sets = _sets(case, tokenizer.mask_token)
    for name, (texts, pairs) in sets.items():
        inputs = tokenizer(
            texts, pairs, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        with torch.inference_mode():
            outputs = model(**inputs, output_hidden_states=case.head == "base")
        tensors |= {f"{name}.{key}": value for key, value in inputs.items()}
        if case.head == "base":
            if name == "single":
                # Of the first text only: enough to see which step goes wrong.
                tensors["single.embeddings"] = outputs.hidden_states[0][:1]
                tensors["single.first_layer"] = outputs.hidden_states[1][:1]
                tensors["single.last_hidden_state"] = outputs.last_hidden_state
            pooled = _pooled(outputs.last_hidden_state, inputs["attention_mask"])
            tensors |= {f"{name}.{key}": value for key, value in pooled.items()}
        else:
            tensors[f"{name}.logits"] = outputs.logits
    mask_texts = [text for text in sets["single"][0] if tokenizer.mask_token in text]
    description = {
        "case": case.name, "family": case.family, "head": case.head, "maxTokens": MAX_TOKENS,
        "storedAs": str(case.dtype).removeprefix("torch."), "labels": _LABELS.get(case.head, []),
        "sets": {name: {"texts": texts, "pairs": pairs} for name, (texts, pairs) in sets.items()},
        "pipelines": _pipeline_answers(case, model, tokenizer, TEXTS[:3], mask_texts),
    }
    save_file({key: value.contiguous().clone() for key, value in tensors.items()}, target / f"{case.name}.safetensors")
    text = json.dumps(description, ensure_ascii=False, separators=(",", ":"), default=float)
    (target / f"{case.name}.json").write_text(text + "\n", "utf-8")
