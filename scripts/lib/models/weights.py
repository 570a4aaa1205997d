"""Safetensors files, written and read with numpy alone."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_NAMES = {"float32": "F32", "float16": "F16", "int64": "I64"}
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}
_ALIGNMENT_BYTES = 8


def write(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Writes the tensors in the order of their names."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name in sorted(tensors):
        tensor = tensors[name]
        header[name] = {
            "dtype": _NAMES[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        offset += tensor.nbytes
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % _ALIGNMENT_BYTES)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for name in sorted(tensors):
            file.write(np.ascontiguousarray(tensors[name]).data)


def read(path: Path) -> dict[str, np.ndarray]:
    """Maps the tensors of a file into memory."""
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_bytes))
    data = np.memmap(path, np.uint8, "r", offset=8 + header_bytes)
    header.pop("__metadata__", None)
    return {
        name: data[slice(*entry["data_offsets"])].view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }
