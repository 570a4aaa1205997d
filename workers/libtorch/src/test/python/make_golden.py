"""Makes the golden files of the encoder tests anew: python make_golden.py [folder].

The folder defaults to the module's test resources. Needs the packages of requirements.txt and no network.
"""

import gzip
import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer

from golden_encodings import encodings
from golden_int8 import golden_int8
from golden_models import CASES, golden_outputs, make_checkpoint
from golden_strings import strings
from golden_text import corpus
from golden_tokenizers import FAMILIES, build, save

_DEFAULT = Path(__file__).resolve().parent.parent / "resources" / "golden"
_LIMIT_BYTES = 2 * 1000 * 1000


def _write_gz(path: Path, text: str) -> None:
    # No time stamp: the same content gives the same bytes.
    path.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))


def _compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _make_tokenizers(folder: Path) -> None:
    folder.mkdir(parents=True)
    texts = strings()
    _write_gz(folder / "strings.json.gz", _compact_json(texts))
    for family in FAMILIES:
        target = folder / family
        with tempfile.TemporaryDirectory() as scratch:
            save(family, build(family, corpus(), 2000), Path(scratch), 512)
            text = (Path(scratch) / "tokenizer.json").read_text("utf-8")
            target.mkdir()
            _write_gz(target / "tokenizer.json.gz", text)
            for name in ("tokenizer_config.json", "special_tokens_map.json"):
                shutil.copy(Path(scratch) / name, target / name)
            loaded = Tokenizer.from_file(str(Path(scratch) / "tokenizer.json"))
        _write_gz(target / "encodings.json.gz", _compact_json(encodings(loaded, texts)))
        print(f"tokenizer {family}: {loaded.get_vocab_size()} tokens, {len(texts)} strings", flush=True)


def main(folder: Path) -> None:
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    for name in ("tokenizers", "models", "expected"):
        shutil.rmtree(folder / name, ignore_errors=True)
    _make_tokenizers(folder / "tokenizers")
    expected = folder / "expected"
    expected.mkdir()
    for seed, case in enumerate(CASES, start=1):
        checkpoint = folder / "models" / case.name
        make_checkpoint(case, checkpoint, seed)
        golden_outputs(case, checkpoint, expected)
        if case.head == "seq":
            golden_int8(case, checkpoint, expected)
        print(f"model {case.name}", flush=True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        path.chmod(0o644)
    total_bytes = sum(path.stat().st_size for path in files)
    print(f"{total_bytes} bytes in {folder}")
    if total_bytes > _LIMIT_BYTES:
        sys.exit(f"the golden files have {total_bytes} bytes (expected: <= {_LIMIT_BYTES})")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _DEFAULT)
