"""The weights of BERT in a TensorFlow checkpoint (variables.index and variables.data)."""

import re
import zipfile
from pathlib import Path

import numpy as np

import wire

_FOOTER_BYTES, _BLOCK_TRAILER_BYTES = 48, 5
# Field numbers of BundleEntryProto and TensorShapeProto.
_SHAPE, _OFFSET, _SIZE, _SHAPE_DIM, _DIM_SIZE = 2, 4, 5, 2, 1


def _block(table: memoryview, offset: int, size: int) -> list[tuple[bytes, memoryview]]:
    """Reads the entries of a block of a sorted table; keys share a prefix with the key before them."""
    if table[offset + size] != 0:
        raise ValueError("the index of the checkpoint is compressed (expected: not compressed)")
    block = table[offset : offset + size]
    end = size - 4 - 4 * int.from_bytes(block[size - 4 :], "little")
    entries, key, position = [], b"", 0
    while position < end:
        shared, position = wire.varint(block, position)
        own, position = wire.varint(block, position)
        length, position = wire.varint(block, position)
        key = key[:shared] + bytes(block[position : position + own])
        position += own
        entries.append((key, block[position : position + length]))
        position += length
    return entries


def _handle(data: memoryview) -> tuple[int, int]:
    offset, position = wire.varint(data, 0)
    size, _ = wire.varint(data, position)
    return offset, size


def _entries(index: bytes) -> dict[str, tuple[int, int, list[int]]]:
    """Returns offset, size and shape of every tensor."""
    table = memoryview(index)
    footer = table[-_FOOTER_BYTES:]
    _, position = wire.varint(footer, 0)
    _, position = wire.varint(footer, position)
    found = {}
    for _, handle in _block(table, *_handle(footer[position:])):
        for key, value in _block(table, *_handle(handle)):
            offset = size = 0
            shape: list[int] = []
            for number, field in wire.fields(value):
                if number == _OFFSET:
                    offset = field
                elif number == _SIZE:
                    size = field
                elif number == _SHAPE:
                    dims = [dim for kind, dim in wire.fields(field) if kind == _SHAPE_DIM]
                    shape = [dict(wire.fields(dim))[_DIM_SIZE] for dim in dims]
            if key:  # the entry without a name is the header
                found[key.decode("utf-8")] = (offset, size, shape)
    return found


def _hugging_face_name(name: str) -> str:
    name = re.sub(r"layer_(\d+)", r"layer.\1", name.removeprefix("module/")).replace("/", ".")
    name = name.replace("cls.predictions.output_bias", "cls.predictions.bias")
    name = re.sub(r"_embeddings$", "_embeddings.weight", name)
    for ours, theirs in (("kernel", "weight"), ("gamma", "weight"), ("beta", "bias")):
        name = re.sub(rf"\.{ours}$", f".{theirs}", name)
    return name


def read(archive: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Returns the weights under their Hugging Face names; TensorFlow keeps kernels as [in, out]."""
    data = archive.read("variables/variables.data-00000-of-00001")
    weights = {}
    for name, (offset, size, shape) in _entries(archive.read("variables/variables.index")).items():
        tensor = np.frombuffer(data, np.float32, size // 4, offset).reshape(shape)
        weights[_hugging_face_name(name)] = tensor.T if name.endswith("/kernel") else tensor
    return weights


def vocabulary(archive: zipfile.ZipFile) -> list[str]:
    return archive.read("assets/vocab.txt").decode("utf-8").splitlines()


def open_nested(jar: Path, entry: str) -> zipfile.ZipFile:
    """Opens the archive that is an entry of another one."""
    with zipfile.ZipFile(jar) as outer:
        return zipfile.ZipFile(outer.open(entry))
