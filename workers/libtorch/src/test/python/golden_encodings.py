"""What the tokenizers library makes of strings: ids and character offsets.

    python golden_encodings.py FOLDER

prints this as JSON for the tokenizer.json of a Hugging Face folder and the strings of the golden files, so that the
tokeniser of any checkpoint can be compared where Python is present.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer

from golden_strings import strings

_MAX_TOKENS, _STRIDE_TOKENS = 24, 6


def _flat(offsets: list[tuple[int, int]]) -> list[int]:
    return [position for span in offsets for position in span]


def encodings(tokenizer: Tokenizer, texts: list[str]) -> dict:
    """Ids and offsets of whole strings, of pairs cut to a length, and of overlapping windows."""
    whole = [tokenizer.encode(text) for text in texts]
    long_texts = [text for text in texts if 60 <= len(text) <= 400][:40]
    pairs = list(zip(long_texts[::2], long_texts[1::2], strict=False))
    tokenizer.enable_truncation(_MAX_TOKENS, stride=0, strategy="longest_first")
    cut = [tokenizer.encode(first, second) for first, second in pairs]
    tokenizer.enable_truncation(_MAX_TOKENS, stride=_STRIDE_TOKENS, strategy="longest_first")
    windows = [[first, *first.overflowing] for first in map(tokenizer.encode, long_texts)]
    tokenizer.no_truncation()
    return {
        "ids": [encoding.ids for encoding in whole],
        "offsets": [_flat(encoding.offsets) for encoding in whole],
        "pairs": {
            "maxTokens": _MAX_TOKENS,
            "texts": pairs,
            "ids": [encoding.ids for encoding in cut],
            "typeIds": [encoding.type_ids for encoding in cut],
            "offsets": [_flat(encoding.offsets) for encoding in cut],
        },
        "windows": {
            "maxTokens": _MAX_TOKENS,
            "strideTokens": _STRIDE_TOKENS,
            "texts": long_texts,
            "ids": [[window.ids for window in of_text] for of_text in windows],
            "offsets": [[_flat(window.offsets) for window in of_text] for of_text in windows],
        },
    }


if __name__ == "__main__":
    loaded = Tokenizer.from_file(str(Path(sys.argv[1]) / "tokenizer.json"))
    loaded.no_truncation()
    loaded.no_padding()
    texts = strings()
    json.dump({"strings": texts} | encodings(loaded, texts), sys.stdout, ensure_ascii=False)
