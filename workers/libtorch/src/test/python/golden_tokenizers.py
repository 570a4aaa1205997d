"""Small tokenisers of the four families, in the files their original checkpoints ship."""

import contextlib
import io
import json
import os
from collections import Counter
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast, DistilBertTokenizerFast, RobertaTokenizerFast, XLMRobertaTokenizerFast

os.environ["TOKENIZERS_PARALLELISM"] = "false"

FAMILIES = ("bert", "roberta", "xlm-roberta", "distilbert")
_WORDPIECE_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_BPE_SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
_CLASSES = {
    "bert": BertTokenizerFast,
    "distilbert": DistilBertTokenizerFast,
    "roberta": RobertaTokenizerFast,
    "xlm-roberta": XLMRobertaTokenizerFast,
}


def _word_piece_vocabulary(words: Counter[str], size: int) -> list[str]:
    """Returns the most frequent characters and then the parts of words that cover most text.

    The trainer of the library breaks ties by hash order, so it makes another vocabulary in every run.
    """
    letters, parts = Counter(), Counter()
    for word, count in words.items():
        for start in range(len(word)):
            letters[word[start]] += count
            for end in range(start + 2, len(word) + 1):
                parts["##" * (start > 0) + word[start:end]] += count * (end - start)
    ranked = [sorted(counter, key=lambda part: (-counter[part], part)) for counter in (letters, parts)]
    alphabet = ranked[0][: size // 4]
    pieces = _WORDPIECE_SPECIALS + alphabet + ["##" + letter for letter in alphabet]
    return pieces + ranked[1][: size - len(pieces)]


def _word_piece(texts: list[str], size: int, lowercase: bool) -> Tokenizer:
    normalizer = normalizers.BertNormalizer(lowercase=lowercase, strip_accents=None)
    pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = Counter(
        word for text in texts for word, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text))
    )
    vocabulary = {piece: index for index, piece in enumerate(_word_piece_vocabulary(words, size))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.add_special_tokens(_WORDPIECE_SPECIALS)
    cls_id, sep_id = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", cls_id), ("[SEP]", sep_id)],
    )
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def _byte_level(texts: list[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size - 1,
        special_tokens=_BPE_SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    # As in roberta-base: the mask comes last and swallows the space before it.
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        sep=("</s>", 2), cls=("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _unigram(texts: list[str], size: int, full_normalizer: bool) -> Tokenizer:
    trained = io.BytesIO()
    with contextlib.redirect_stderr(None):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=trained,
            vocab_size=size - 2,
            model_type="unigram",
            character_coverage=1.0,
            normalization_rule_name="nmt_nfkc",
            num_threads=1,
            hard_vocab_limit=False,
            minloglevel=2,
        )
    proto = sentencepiece_model_pb2.ModelProto.FromString(trained.getvalue())
    # The order of xlm-roberta-base: four special tokens, the pieces without the trainer's own three, the mask.
    vocabulary = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocabulary += [(piece.piece, piece.score) for piece in proto.pieces[3:]]
    vocabulary += [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    charsmap = proto.normalizer_spec.precompiled_charsmap
    tokenizer.normalizer = normalizers.Precompiled(charsmap) if full_normalizer else normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.add_special_tokens(_BPE_SPECIALS + [AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def build(family: str, texts: list[str], size: int, full_normalizer: bool = True) -> Tokenizer:
    """Trains a tokeniser of the family with about `size` tokens."""
    match family:
        case "bert":
            return _word_piece(texts, size, lowercase=True)
        case "distilbert":
            return _word_piece(texts, size, lowercase=False)
        case "roberta":
            return _byte_level(texts, size)
        case "xlm-roberta":
            return _unigram(texts, size, full_normalizer)
    raise ValueError(f"family: {family} (expected: one of {', '.join(FAMILIES)})")


def save(family: str, tokenizer: Tokenizer, folder: Path, max_length: int, vocabulary_only: bool = False) -> None:
    """Writes tokenizer.json and its two companions, or only the vocabulary files and tokenizer_config.json."""
    options = {"do_lower_case": family == "bert"} if "bert" in (family, family.removeprefix("distil")) else {}
    fast = _CLASSES[family](tokenizer_object=tokenizer, model_max_length=max_length, **options)
    fast.save_pretrained(folder, legacy_format=False)
    for name in ("added_tokens.json", "vocab.txt", "vocab.json", "merges.txt"):
        (folder / name).unlink(missing_ok=True)
    compact(folder / "tokenizer.json")
    if vocabulary_only:
        (folder / "tokenizer.json").unlink()
        vocabulary = tokenizer.get_vocab()
        tokens = sorted(vocabulary, key=vocabulary.get)
        if family == "roberta":
            tokenizer.model.save(str(folder))
            (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
        else:
            (folder / "vocab.txt").write_text("".join(token + "\n" for token in tokens), encoding="utf-8")


def compact(path: Path) -> None:
    """Rewrites a JSON file without white space."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False, separators=(",", ":")), "utf-8")
