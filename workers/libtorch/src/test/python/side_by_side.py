"""Answers of torch and transformers for a Hugging Face folder, to be compared with those of the Java worker.

    python side_by_side.py FOLDER INPUT.json [--precision fp32|int8] [--engine onednn]

INPUT.json: {"texts": [...], "pairs": [...] or null, "maxTokens": 128}. The answer is one JSON object on stdout with the
ids that went in and, by the head that config.json names, `logits` (nested lists), or `mean` and `cls` (pooled vectors).
"""

import argparse
import json
import sys
from pathlib import Path

import torch
import transformers
from torch.ao.quantization import quantize_dynamic

_HEADS = {
    "ForSequenceClassification": transformers.AutoModelForSequenceClassification,
    "ForTokenClassification": transformers.AutoModelForTokenClassification,
    "ForMaskedLM": transformers.AutoModelForMaskedLM,
}


def load_model(folder: Path, precision: str = "fp32", engine: str = "onednn") -> torch.nn.Module:
    """Loads the model with the head that config.json names, quantised if asked for."""
    architectures = json.loads((folder / "config.json").read_text("utf-8")).get("architectures") or [""]
    named = [auto for suffix, auto in _HEADS.items() if architectures[0].endswith(suffix)]
    loader = named[0] if named else transformers.AutoModel
    model = loader.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    if precision == "fp32":
        return model
    # The engine counts when the weights are packed, and again when they are used.
    torch.backends.quantized.engine = engine
    return quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def answer(model: torch.nn.Module, tokenizer, request: dict) -> dict[str, torch.Tensor]:
    """Runs one padded batch."""
    inputs = tokenizer(
        request["texts"], request.get("pairs"), padding=True, truncation=True,
        max_length=request.get("maxTokens", 128), return_tensors="pt",
    )
    with torch.inference_mode():
        outputs = model(**inputs)
    result = dict(inputs)
    if "logits" in outputs:
        return result | {"logits": outputs.logits}
    hidden, weights = outputs.last_hidden_state, inputs["attention_mask"].unsqueeze(-1).float()
    return result | {"mean": (hidden * weights).sum(1) / weights.sum(1), "cls": hidden[:, 0]}


def main() -> None:
    parser = argparse.ArgumentParser(description="torch's answers for a Hugging Face folder, as JSON")
    parser.add_argument("folder", type=Path)
    parser.add_argument("input", type=Path)
    parser.add_argument("--precision", choices=("fp32", "int8"), default="fp32")
    parser.add_argument("--engine", default="onednn", help="onednn, fbgemm or x86")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(arguments.threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.folder, local_files_only=True)
    model = load_model(arguments.folder, arguments.precision, arguments.engine)
    tensors = answer(model, tokenizer, json.loads(arguments.input.read_text("utf-8")))
    described = {"torch": torch.__version__, "transformers": transformers.__version__}
    json.dump(described | {name: tensor.tolist() for name, tensor in tensors.items()}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
