"""What torch's quantize_dynamic makes of a checkpoint: codes, scales and outputs."""

import contextlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.ao.nn.quantized import dynamic as quantized
from torch.ao.quantization import default_dynamic_qconfig, per_channel_dynamic_qconfig, quantize_dynamic

from golden_models import Case, load

ENGINES = ("onednn", "fbgemm", "x86")
_KINDS = {"per_tensor": default_dynamic_qconfig, "per_channel": per_channel_dynamic_qconfig}


@contextlib.contextmanager
def _engine(name: str):
    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = name
    try:
        yield
    finally:
        torch.backends.quantized.engine = before


@contextlib.contextmanager
def _activations(reduce_range: bool):
    """Sets the range of the activations; quantize_dynamic's modules always reduce it to 7 bits."""
    before = quantized.Linear.forward

    def forward(self, x):
        return torch.ops.quantized.linear_dynamic(x, self._packed_params._packed_params, reduce_range)

    quantized.Linear.forward = forward
    try:
        yield
    finally:
        quantized.Linear.forward = before


def _codes(weight: torch.Tensor) -> dict[str, torch.Tensor]:
    if weight.qscheme() == torch.per_tensor_symmetric or weight.qscheme() == torch.per_tensor_affine:
        scale, zero_point = torch.tensor([weight.q_scale()], dtype=torch.float64), [weight.q_zero_point()]
    else:
        scale, zero_point = weight.q_per_channel_scales(), weight.q_per_channel_zero_points().tolist()
    if any(zero_point) or not torch.equal(scale, scale.float().double()):
        raise AssertionError("the zero points are not 0 or the scales are no fp32 numbers")
    return {"codes": weight.int_repr(), "scale": scale.float()}


def _linears(model: torch.nn.Module) -> dict[str, quantized.Linear]:
    return {name: module for name, module in model.named_modules() if isinstance(module, quantized.Linear)}


def golden_int8(case: Case, folder: Path, target: Path) -> None:
    """Writes <case>-int8.safetensors and its description."""
    tensors: dict[str, torch.Tensor] = {}
    golden = load_file(target / f"{case.name}.safetensors")
    inputs = {
        key.removeprefix("single."): value
        for key, value in golden.items()
        if key.startswith("single.") and not key.endswith("logits")
    }
    sample = torch.randn(6, 32, generator=torch.Generator().manual_seed(7)) * 2 + 0.5
    tensors["linear.input"] = sample
    tensors |= {f"single.{key}": value for key, value in inputs.items()}
    linear_name = ""
    for engine in ENGINES:
        for kind, qconfig in _KINDS.items():
            with _engine(engine), torch.inference_mode():
                model, _ = load(case, folder)
                model = quantize_dynamic(model, {torch.nn.Linear: qconfig}, dtype=torch.qint8)
                linears = _linears(model)
                for name, linear in linears.items():
                    for part, value in _codes(linear.weight()).items():
                        key = f"{kind}.{name}.{part}"
                        if not torch.equal(tensors.setdefault(key, value), value):
                            raise AssertionError(f"{key} depends on the engine")
                linear_name = next(name for name, linear in linears.items() if linear.in_features == sample.shape[1])
                for range_name, reduce_range in (("reduced", True), ("full", False)):
                    with _activations(reduce_range):
                        tensors[f"linear.{engine}.{kind}.{range_name}"] = linears[linear_name](sample)
                        tensors[f"logits.{engine}.{kind}.{range_name}"] = model(**inputs).logits
    description = {
        "case": case.name,
        "linear": linear_name,
        "linears": sorted(linears),
        "engines": ENGINES,
        "cpuCapability": torch.backends.cpu.get_cpu_capability(),
        "note": "reduced = activations in 7 bits (what quantize_dynamic does), full = in 8 bits",
    }
    plain = {key: value.contiguous().clone() for key, value in tensors.items()}
    save_file(plain, target / f"{case.name}-int8.safetensors")
    (target / f"{case.name}-int8.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")
