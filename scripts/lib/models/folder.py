"""Folders in the Hugging Face layout."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

import weights as safetensors

_WORD_PIECE_SPECIALS = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103}


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write(
    folder: Path, config: Mapping, tensors: Mapping[str, np.ndarray], tokenizer: Mapping, tokenizer_config: Mapping
) -> None:
    """Writes config.json, model.safetensors, tokenizer.json and tokenizer_config.json."""
    write_json(folder / "config.json", config)
    write_json(folder / "tokenizer_config.json", tokenizer_config)
    # What a package has set for its own use; requests say how they want to be cut and padded.
    plain = dict(tokenizer) | {"truncation": None, "padding": None}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text, "utf-8")
    safetensors.write(folder / "model.safetensors", tensors)


def bert_config(architecture: str, tensors: Mapping[str, np.ndarray], head_size: int, prefix: str = "") -> dict:
    """Returns the configuration that the shapes of the tensors tell, for heads of the size."""
    words, hidden = tensors[f"{prefix}embeddings.word_embeddings.weight"].shape
    layers = {name.split("encoder.layer.")[1].split(".")[0] for name in tensors if "encoder.layer." in name}
    return {
        "architectures": [architecture],
        "model_type": "bert",
        "vocab_size": words,
        "hidden_size": hidden,
        "num_hidden_layers": len(layers),
        "num_attention_heads": hidden // head_size,
        "intermediate_size": tensors[f"{prefix}encoder.layer.0.intermediate.dense.bias"].shape[0],
        "hidden_act": "gelu",
        "max_position_embeddings": tensors[f"{prefix}embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": tensors[f"{prefix}embeddings.token_type_embeddings.weight"].shape[0],
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
    }


def distilbert_config(bert: Mapping) -> dict:
    """Returns the same sizes under DistilBERT's names."""
    return {
        "architectures": ["DistilBertModel"],
        "model_type": "distilbert",
        "vocab_size": bert["vocab_size"],
        "dim": bert["hidden_size"],
        "hidden_dim": bert["intermediate_size"],
        "n_layers": bert["num_hidden_layers"],
        "n_heads": bert["num_attention_heads"],
        "activation": "gelu",
        "max_position_embeddings": bert["max_position_embeddings"],
        "sinusoidal_pos_embds": False,
        "pad_token_id": 0,
    }


def word_piece_tokenizer(vocabulary: list[str]) -> dict:
    """Returns tokenizer.json of an uncased WordPiece vocabulary, as bert-base-uncased has it."""
    special = [
        {"id": number, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for token, number in _WORD_PIECE_SPECIALS.items()
    ]
    cls, sep = ({"SpecialToken": {"id": token, "type_id": 0}} for token in ("[CLS]", "[SEP]"))
    first = {"Sequence": {"id": "A", "type_id": 0}}
    second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    return {
        "version": "1.0",
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [cls, first, sep],
            "pair": [cls, first, sep, *second],
            "special_tokens": {
                token: {"id": token, "ids": [_WORD_PIECE_SPECIALS[token]], "tokens": [token]}
                for token in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": {token: number for number, token in enumerate(vocabulary)},
        },
    }


def word_piece_tokenizer_config(max_tokens: int, family: str = "bert") -> dict:
    names = {"bert": "BertTokenizer", "distilbert": "DistilBertTokenizer"}
    return {
        "tokenizer_class": names[family], "do_lower_case": True, "model_max_length": max_tokens,
        "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
    }
