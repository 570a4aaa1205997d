"""Latency of torch for a Hugging Face folder: fp32 and quantize_dynamic, interleaved, as JSON on stdout.

    python bench_torch.py FOLDER [--threads 1] [--shapes 1x16,1x128,1x512,8x128] [--modes fp32,int8_onednn,int8_fbgemm]
                          [--rounds 7] [--seconds 0.5]
    python bench_torch.py FOLDER --serve fp32|int8 [--threads 1]

Every round measures every mode in turn, so that a change of the machine's speed hits all of them. A shape is batch x
tokens; the ids are random and there is no padding. With --serve it says "ready" and answers each line
"time BATCH TOKENS MILLIS" on its input with the median milliseconds of a call; int8 runs on the engine that torch chooses.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from pathlib import Path

import torch
import transformers

from side_by_side import load_model


def _seconds_of(call, seconds: float) -> list[float]:
    """Calls until the time is over, at least twice, and returns how long each call took."""
    times, end = [], time.perf_counter() + seconds
    while len(times) < 2 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return times


def _rss_bytes() -> int:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(folder: Path, shapes: list[tuple[int, int]], modes: list[str], rounds: int, seconds: float) -> list[dict]:
    """Returns one row for each shape and mode."""
    models, loaded_bytes = {}, {}
    for mode in modes:
        before = _rss_bytes()
        precision, _, engine = mode.partition("_")
        models[mode] = load_model(folder, precision, engine)
        loaded_bytes[mode] = _rss_bytes() - before
    config = next(iter(models.values())).config
    limit = config.max_position_embeddings - (2 if "roberta" in config.model_type else 0)
    rows = []
    for batch, tokens in shapes:
        if tokens > limit:
            print(f"skipped {batch}x{tokens}: the model takes at most {limit} tokens", file=sys.stderr)
            continue
        ids = torch.randint(5, config.vocab_size, (batch, tokens), generator=torch.Generator().manual_seed(1))
        mask = torch.ones_like(ids)
        times: dict[str, list[float]] = {mode: [] for mode in modes}
        for round_number in range(rounds + 1):
            for mode in modes:
                torch.backends.quantized.engine = mode.partition("_")[2] or "x86"
                sample = _seconds_of(lambda m=models[mode]: m(input_ids=ids, attention_mask=mask), seconds)
                if round_number > 0:  # the first round warms up
                    times[mode] += sample
        for mode in modes:
            ordered = sorted(times[mode])
            rows.append({
                "shape": f"{batch}x{tokens}",
                "mode": mode,
                "threads": torch.get_num_threads(),
                "medianMillis": round(statistics.median(ordered) * 1e3, 3),
                "p10Millis": round(ordered[len(ordered) // 10] * 1e3, 3),
                "p90Millis": round(ordered[len(ordered) * 9 // 10] * 1e3, 3),
                "calls": len(ordered),
                "loadRssBytes": loaded_bytes[mode],
            })
            print(f"{rows[-1]['shape']:>6} {mode:<12} {rows[-1]['medianMillis']:9.2f} ms", file=sys.stderr, flush=True)
    return rows


def serve(folder: Path, mode: str) -> None:
    """Answers lines until the input ends."""
    model = load_model(folder, mode, torch.backends.quantized.engine)
    print("ready", flush=True)
    for line in sys.stdin:
        _, batch, tokens, millis = line.split()
        generator = torch.Generator().manual_seed(1)
        ids = torch.randint(1000, 21000, (int(batch), int(tokens)), generator=generator)
        mask = torch.ones_like(ids)
        times = _seconds_of(lambda: model(input_ids=ids, attention_mask=mask), int(millis) / 1e3)
        print(statistics.median(times) * 1e3, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="latency of torch for a Hugging Face folder, as JSON")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shapes", default="1x16,1x128,1x512,8x128")
    parser.add_argument("--modes", default="fp32,int8_onednn,int8_fbgemm")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="time for a mode in a round")
    parser.add_argument("--serve", choices=("fp32", "int8"), help="answer lines on the input")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(arguments.threads)
    if arguments.serve:
        with torch.inference_mode():
            serve(arguments.folder, arguments.serve)
        return
    shapes = [tuple(map(int, shape.split("x"))) for shape in arguments.shapes.split(",")]
    with torch.inference_mode():
        rows = measure(arguments.folder, shapes, arguments.modes.split(","), arguments.rounds, arguments.seconds)
    report = {
        "peer": "torch",
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "cpuCapability": torch.backends.cpu.get_cpu_capability(),
        "rows": rows,
    }
    json.dump(report, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
