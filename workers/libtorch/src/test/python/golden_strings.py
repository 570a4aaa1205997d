"""The strings whose tokenisation must equal that of the Hugging Face libraries."""

import random

from golden_text import SENTENCES

_HAND_WRITTEN = [
    "",
    " ",
    "   ",
    "\t\n\r",
    "a",
    "A",
    " leading space",
    "trailing space ",
    "two  spaces   three",
    "tab\tnew line\ncarriage\r\nreturn",
    "no\u00a0break\u202fspace\u2003em\u3000ideographic",
    # Characters without width, joiners, marks of direction, the byte order mark
    "zero\u200bwidth\u200cnon\u200djoiner",
    "\ufeffbyte order mark",
    "soft\u00adhyphen",
    "left\u200eright\u200fmarks \u202aembedding\u202c \u2066isolate\u2069",
    "word\u2060joiner and \u034fgrapheme joiner",
    # Control characters and characters that are no letters at all
    "nul\u0000inside",
    "bell\u0007 escape\u001b[31m delete\u007f",
    "c1 \u0080\u0085\u009f controls",
    "line\u2028separator paragraph\u2029separator vertical\u000btab form\u000cfeed",
    "replacement \ufffd character",
    "private \ue000 use \U000f0000",
    "noncharacter \ufffe \uffff \U0001ffff",
    "unassigned \u0378 \U000e0fff",
    # Accents: composed, decomposed, stacked, and letters whose case changes their length
    "café cafe\u0301 CAFÉ CAFE\u0301",
    "Ångström A\u030angstro\u0308m \u212bngstro\u0308m",
    "naïve façade coöperate résumé jalapeño",
    "Z\u0351\u036b\u0343a\u0315\u034e\u0317l\u0321\u034f\u0320g\u0334\u0327o\u0344\u0489 text",
    "e" + "\u0301" * 20,
    "Straße STRASSE ẞ ß",
    "İstanbul ISTANBUL ıstanbul i\u0307",
    "ΑΣ Σίσυφος ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ",
    "ŉ ǰ ΐ և ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ",
    "Ⅷ Ⅻ ½ ⅔ ① ㊤ ㋀ ℌ ℕ ™ ℠ ㎏ ㍿",
    "ＦＵＬＬ　ｗｉｄｔｈ　１２３！",
    "ｱｲｳｴｵ ｶﾞｷﾞｸﾞ half width",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝓜𝓪𝓽𝓱 𝟏𝟐𝟑",
    "H₂O x² 10⁻³ n₁",
    # Scripts
    "中文English混合text文本",
    "日本語テキスト、カタカナ・ひらがな。「引用」",
    "𠀀𠮷𪚥 rare ideographs 㐀㐁 豈更車",
    "한국어 조선말 \u1112\u1161\u11ab\u1100\u1173\u11af 가각간",
    "مرحبا بالعالم السَّلَامُ عَلَيْكُمْ ١٢٣",
    "שָׁלוֹם עוֹלָם abc 123 ייִדיש",
    "नमस्ते क्षत्रिय श्रीमान् क्‍ष",
    "ไทยไม่มีช่องว่าง กำลัง น้ำ",
    "ქართული ᲥᲐᲠᲗᲣᲚᲘ Հայերեն አማርኛ ខ្មែរ မြန်မာ",
    "Ελληνικά και Русский и English",
    "Tiếng Việt có nhiều dấu: ệ ữ ỗ ặ",
    # Emoji: modifiers, joiners, flags, keycaps, tags, text and emoji presentation
    "😀😃😄 👍🏽 👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇩🇪🇫🇷🇬🇧",
    "1️⃣ #️⃣ ❤️ ❤ ☺︎ ☺️ ©️ ™️",
    "👩🏿‍🦰text🧑🏻‍❤️‍💋‍🧑🏼",
    "emoji😀inside👍word",
    # Punctuation, quotes, dashes, numbers
    "Hello, world! (Really?) [yes] {no} <maybe> «oui» „ja“ “yes” ‘si’",
    "don't can't won't I'm you've he'd they'll it's O'Neill rock'n'roll",
    "DON'T CAN'T I'M YOU'VE 'S 'T 'RE ’s ’t",
    "a-b a–b a—b a−b a_b a/b a\\b a|b a~b a^b a`b",
    "1 12 123 1234 12345 1,234.56 -7 +8 3.14e-10 0x1F 1/2 50% 12:30",
    "$5 €6 £7 ¥8 ₿9 #hash @user &amp; *bold* __init__",
    "...…!!!???¿¡‽⁇ ;;;:::",
    "http://example.org:8080/a/b?c=d&e=f#g user.name+tag@example.co.uk",
    "C:\\Users\\name\\file.txt /usr/local/bin ~/.config",
    "for (int i = 0; i < 10; i++) { x[i] += y->z; } // comment",
    '{"key": [1, 2.5, null, true], "other": "value\\n"}',
    "<p class=\"x\">html &nbsp; text</p>",
    # Special tokens as plain text
    "[CLS] hello [SEP] world [MASK] [PAD] [UNK]",
    "<s> hello </s> world <mask> <pad> <unk>",
    "A <mask> in the middle and one at the end <mask>",
    "Paris is the [MASK] of France.",
    "[cls][sep][mask] <S> <MASK> [MASK][MASK] <mask><mask>",
    "▁underline ##ing ## Ġ Ċ ▁▁",
    # Very long words and lines
    "a" * 100,
    "a" * 101,
    "x" * 99 + " " + "y" * 250,
    "ab" * 400,
    "é" * 150,
    "е" * 120 + "ё" * 120,
    "字" * 120,
    "😀" * 110,
    "-" * 130,
    "1234567890" * 15,
    " ".join(["word"] * 150),
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Pneumonoultramicroscopicsilicovolcanoconiosis antidisestablishmentarianism",
    "ไ" * 60 + " " + "ා" * 40,
]

_PARTS = [
    " ", "  ", "\u00a0", "\u200b", "\u200d", "\u0301", "\u0308", "\t", "\n", "-", "'", ".", ",", "!", "?", "\"", "(", ")",
    "#", "@", "$", "_", "/", "the", "The", "THE", "running", "ing", "un", "believ", "able", "123", "7", "é", "ß", "İ", "ñ",
    "ö", "Å", "ж", "Привет", "λ", "中", "文字", "かな", "カナ", "한", "글", "ع", "مرحبا", "ש", "नम", "ำ", "😀", "👍🏽",
    "👩‍💻", "🇫🇷", "ﬁ", "½", "Ⅷ", "\u0007", "\ufeff", "\u202e", "…", "—", "“", "’s", "[MASK]", "<mask>", "𝔘", "\U00020bb7",
]


def strings() -> list[str]:
    """Returns at least 500 strings: written by hand, sentences and their variants, and random mixtures."""
    rng = random.Random(20240517)
    result = list(_HAND_WRITTEN)
    result += SENTENCES
    result += [sentence.upper() for sentence in SENTENCES[::3]]
    result += [sentence.replace(" ", "") for sentence in SENTENCES[1::4]]
    result += [sentence.replace(" ", "\u3000")[::-1] for sentence in SENTENCES[2::6]]
    while len(result) < 560:
        parts = rng.choices(_PARTS, k=rng.randint(2, 24))
        glue = rng.choice(["", "", " "])
        result.append(glue.join(parts))
    return result
