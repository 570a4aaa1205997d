"""The weights of a BERT encoder that torch exported to ONNX."""

import mmap
from pathlib import Path

import numpy as np

import wire

# Field numbers of onnx.proto3.
_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_INITIALIZER = 7, 1, 5
_NODE_INPUT, _NODE_NAME, _NODE_OP = 1, 3, 4
_TENSOR_DIMS, _TENSOR_DTYPE, _TENSOR_NAME, _TENSOR_RAW = 1, 2, 8, 9
_FLOAT = 1


def _tensor(data: memoryview) -> tuple[str, np.ndarray | None]:
    dims, dtype, name, raw = [], 0, "", None
    for number, value in wire.fields(data):
        if number == _TENSOR_DIMS:
            dims += wire.packed(value)
        elif number == _TENSOR_DTYPE:
            dtype = value
        elif number == _TENSOR_NAME:
            name = bytes(value).decode("utf-8")
        elif number == _TENSOR_RAW:
            raw = value
    if dtype != _FLOAT or raw is None:
        return name, None  # position ids and shapes: no weights
    return name, np.frombuffer(raw, np.float32).reshape(dims)


def _module_of_matmul(data: memoryview) -> tuple[str, str] | None:
    """Returns the module that a MatMul with a constant belongs to, and the name of the constant."""
    inputs, name, op = [], "", ""
    for number, value in wire.fields(data):
        if number == _NODE_INPUT:
            inputs.append(bytes(value).decode("utf-8"))
        elif number == _NODE_NAME:
            name = bytes(value).decode("utf-8")
        elif number == _NODE_OP:
            op = bytes(value).decode("utf-8")
    if op != "MatMul" or not inputs[1].startswith("onnx::"):
        return None
    # "/encoder/layer.0/attention/self/query/MatMul" is the node of encoder.layer.0.attention.self.query
    return name.removesuffix("/MatMul").strip("/").replace("/", "."), inputs[1]


def read(path: Path) -> dict[str, np.ndarray]:
    """Returns the weights under their Hugging Face names; the exporter has transposed those of every MatMul."""
    with path.open("rb") as file:
        model = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    graph = next(value for number, value in wire.fields(model) if number == _MODEL_GRAPH)
    constants, modules = {}, []
    for number, value in wire.fields(graph):
        if number == _GRAPH_INITIALIZER:
            name, tensor = _tensor(value)
            if tensor is not None:
                constants[name] = tensor
        elif number == _GRAPH_NODE:
            modules.append(_module_of_matmul(value))
    weights = {name: tensor for name, tensor in constants.items() if not name.startswith("onnx::")}
    for module, constant in filter(None, modules):
        weights[f"{module}.weight"] = constants[constant].T
    return weights
