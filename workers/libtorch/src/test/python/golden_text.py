"""Text that the small tokenisers are trained on, written for this project."""

SENTENCES = [
    # English
    "The gateway answers every request it accepts, or says plainly why it does not.",
    "A small model can be quantised in less than a second and still keep its labels.",
    "Please send the invoice to the office in London before Friday at noon.",
    "We met Anna and Peter in Berlin; they had just arrived from New York.",
    "Congratulations! You have won a free phone, click here to claim your prize now.",
    "The weather was cold, but the children played outside until the evening.",
    "I loved this film: the music is wonderful and the actors are brilliant.",
    "This was the worst book I have ever read, boring, long and badly written.",
    "The river runs through the old town and under three stone bridges.",
    "Don't forget that it's only a test; we'll see what they've done and who'd won.",
    "He bought 3 apples, 12 pears and 250 grams of cheese for 19.99 euros.",
    "Machine learning models turn words into vectors of floating point numbers.",
    "International cooperation and understanding require patience and organisation.",
    "Running, runner, runs; walking, walker, walks; quantising, quantiser, quantises.",
    "What is the capital of France? The capital of France is the city of Paris.",
    "Email me at someone@example.org or visit https://www.example.org/path?x=1&y=2.",
    "The quick brown fox jumps over the lazy dog while the cat sleeps in the sun.",
    "She said: \"nothing is certain\", and then (quietly) closed the heavy door.",
    "Teachers, students and parents discussed the new school in the village hall.",
    "In 1969 the first people walked on the moon; in 2024 we still talk about it.",
    # German, French, Spanish, Italian, Portuguese
    "Der Zug nach München fährt heute zwanzig Minuten später als geplant ab.",
    "Größere Straßen führen über die Brücke zum schönen alten Schloss.",
    "Ich möchte bitte einen Kaffee, zwei Brötchen und ein Stück Kuchen.",
    "Donaudampfschifffahrtsgesellschaft ist ein sehr langes deutsches Wort.",
    "L'été dernier, nous avons passé trois semaines près de la mer à Brest.",
    "Où est la bibliothèque ? Elle est à côté de l'hôtel, derrière l'église.",
    "Le garçon a mangé une crêpe sucrée et bu un café très noir.",
    "El niño pequeño comió una manzana roja y bebió un vaso de agua.",
    "¿Cuándo llega el próximo tren? ¡Mañana por la mañana, señor!",
    "La città è bella perché le strade sono piene di luce e di gente.",
    "A informação não está disponível, mas amanhã haverá uma solução.",
    # Central and northern Europe
    "Příliš žluťoučký kůň běžel přes širokou louku k řece.",
    "Łódź jest dużym miastem, a żółty tramwaj jedzie przez środek.",
    "Århus og København ligger i Danmark, Tromsø og Ålesund i Norge.",
    "İstanbul'da hava güzel, çocuklar bahçede oynuyor ve gülüyor.",
    "Az őszi erdőben sétálunk, és gyönyörű színű leveleket gyűjtünk.",
    # Cyrillic, Greek
    "Сегодня хорошая погода, и мы идём гулять в большой парк.",
    "Быстрая лиса прыгает через ленивую собаку у старого дома.",
    "Київ є столицею України, а місто лежить на березі Дніпра.",
    "Η Αθήνα είναι μια παλιά πόλη με πολλά όμορφα μνημεία.",
    # Chinese, Japanese, Korean
    "今天天气很好，我们一起去公园散步。",
    "机器学习模型把文字变成数字向量。",
    "北京是中国的首都，上海是最大的城市。",
    "私は毎朝コーヒーを飲んで、電車で会社に行きます。",
    "東京タワーはとても高いです。写真を撮りましょう。",
    "오늘은 날씨가 아주 좋아서 공원에 갔습니다.",
    "서울은 대한민국의 수도이고 사람이 많이 삽니다.",
    # Right to left, Indic, Thai, Georgian
    "الطقس جميل اليوم ونحن نمشي في الحديقة الكبيرة.",
    "العلم نور والجهل ظلام، والكتاب خير صديق.",
    "היום מזג האוויר נעים ואנחנו הולכים לפארק הגדול.",
    "आज मौसम बहुत अच्छा है और हम पार्क में घूम रहे हैं।",
    "এটি একটি ছোট পরীক্ষা এবং আমরা বাংলায় লিখছি।",
    "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะ",
    "დღეს კარგი ამინდია და ჩვენ პარკში მივდივართ.",
    # Symbols
    "Costs: €5, £4, $6, ¥700 — about 10% more than “last year’s” price… ok?",
    "f(x) = x² + 3·x − 7 ≤ 10, where x ∈ ℝ and α ≠ β; see § 4.2 #tag @name",
    "Great work 😀 👍 thank you ❤️ see you soon 🎉 🚀",
]

# Sentences that only need the Latin alphabet: enough for the tokenisers of the tiny checkpoints.
LATIN = SENTENCES[:20]

_SUBJECTS = ["the manager", "my neighbour", "a young engineer", "our customer", "the old doctor", "their daughter"]
_VERBS = ["describes", "repairs", "forgets", "measures", "delivers", "understands", "compares", "translates"]
_OBJECTS = ["a broken window", "the monthly report", "seven different languages", "the connection", "an open question"]
_PLACES = ["in the kitchen", "near the station", "on the second floor", "behind the university", "at the border"]


def corpus() -> list[str]:
    """Returns the sentences and, so that common words have a frequency, sentences made of common parts."""
    made = [
        f"{subject} {verb} {thing} {place}.".capitalize()
        for subject in _SUBJECTS
        for verb in _VERBS
        for thing in _OBJECTS
        for place in _PLACES[: 1 + (len(subject) + len(verb)) % len(_PLACES)]
    ]
    return SENTENCES * 4 + made
