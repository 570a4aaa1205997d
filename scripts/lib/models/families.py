"""BERT's weights as checkpoints of the families that compute the same function."""

from collections.abc import Mapping

import numpy as np

_DISTILBERT = {
    "attention.self.query": "attention.q_lin",
    "attention.self.key": "attention.k_lin",
    "attention.self.value": "attention.v_lin",
    "attention.output.dense": "attention.out_lin",
    "attention.output.LayerNorm": "sa_layer_norm",
    "intermediate.dense": "ffn.lin1",
    "output.dense": "ffn.lin2",
    "output.LayerNorm": "output_layer_norm",
}
_FIRST_ROBERTA_POSITION = 2


def as_distilbert(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """DistilBERT is BERT without token types and pooler: type 0 moves into the words."""
    result = {}
    for name, tensor in weights.items():
        if name.startswith("encoder.layer."):
            _, _, layer, module = name.split(".", 3)
            module, part = module.rsplit(".", 1)
            result[f"transformer.layer.{layer}.{_DISTILBERT[module]}.{part}"] = tensor
        elif name.startswith("embeddings.") and "token_type" not in name:
            result[name] = tensor
    words = "embeddings.word_embeddings.weight"
    result[words] = weights[words] + weights["embeddings.token_type_embeddings.weight"][0]
    return result


def as_xlm_roberta(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """XLM-RoBERTa is BERT with one token type and positions that start after the padding id."""
    result = dict(weights)
    types, positions = "embeddings.token_type_embeddings.weight", "embeddings.position_embeddings.weight"
    result[types] = weights[types][:1]
    unused = np.zeros((_FIRST_ROBERTA_POSITION, weights[positions].shape[1]), weights[positions].dtype)
    result[positions] = np.concatenate([unused, weights[positions]])
    return result
