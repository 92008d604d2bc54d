# ruff: noqa: E501 - sentences
"""What the demo's guests say. Their words follow from the score they gave, in the language of their country."""

from __future__ import annotations

from random import Random

# language → (titles by band, good things, things to complain about); bands are great, good, fair, poor
_WORDS: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        {
            "great": ("Would return tomorrow", "Better than the photos", "Exactly what we hoped for", "A lovely stay", "Quietly excellent"),
            "good": ("Good value", "A solid choice", "Nearly perfect", "Comfortable and well placed"),
            "fair": ("All right for a night", "Mixed feelings", "Fine, with some flaws"),
            "poor": ("Not again", "Below what we paid for", "Disappointing"),
        },
        (
            "The bed was one of the best we have slept in on this trip.", "Staff remembered our names from the first evening.",
            "Breakfast was fresh and generous.", "The room was spotless, down to the corners of the shower.",
            "You can walk to almost everything.", "Check-in took two minutes even though we came at midnight.",
            "It is surprisingly quiet at night.", "They packed breakfast for our early train.", "The view from the window alone is worth it.",
            "Wi-Fi was fast enough for two video calls at once.", "Great with our two children; they even found a box of toys.",
            "Hot water came at once and never ran out.",
        ),
        (
            "The walls are thin and the corridor is loud in the morning.", "The air conditioning rattled until it was turned off.",
            "Our room smelled damp on the first day.", "The photos show a larger room than the one we got.", "Breakfast ran out before nine.",
            "The shower drained slowly.", "Nobody answered the telephone at the desk.", "Parking was full, although we had asked for it.",
            "The Wi-Fi did not reach our floor.",
        ),
    ),
    "hi": (
        {
            "great": ("बहुत बढ़िया अनुभव", "फिर ज़रूर आएँगे", "परिवार के लिए शानदार"),
            "good": ("अच्छी जगह", "पैसा वसूल"),
            "fair": ("ठीक-ठाक", "एक रात के लिए ठीक"),
            "poor": ("निराशा हुई", "दोबारा नहीं"),
        },
        ("कमरा बहुत साफ़ था।", "स्टाफ़ बहुत विनम्र और मददगार है।", "नाश्ता ताज़ा और स्वादिष्ट था।", "जगह बिल्कुल बीच में है, सब कुछ पास है।", "रात में बहुत शांति रहती है।", "बच्चों को बहुत मज़ा आया।"),
        ("बाथरूम की सफ़ाई बेहतर हो सकती थी।", "एसी बहुत आवाज़ करता था।", "चेक-इन में बहुत देर लगी।", "कमरा तस्वीरों से छोटा निकला।"),
    ),
    "fr": (
        {
            "great": ("Un vrai coup de cœur", "Séjour parfait", "On reviendra"),
            "good": ("Bon rapport qualité-prix", "Très bien situé"),
            "fair": ("Correct, sans plus", "Avis partagé"),
            "poor": ("Déçus", "À éviter en l’état"),
        },
        ("Accueil chaleureux et attentionné.", "Chambre impeccable et literie excellente.", "Petit-déjeuner copieux, produits frais.", "Emplacement idéal, tout se fait à pied.", "Très calme la nuit.", "La vue au réveil est magnifique."),
        ("L’insonorisation laisse à désirer.", "La douche fuyait.", "La chambre est plus petite que sur les photos.", "Personne à la réception à notre arrivée."),
    ),
    "de": (
        {
            "great": ("Rundum gelungen", "Gerne wieder", "Besser als erwartet"),
            "good": ("Gutes Preis-Leistungs-Verhältnis", "Solide und gut gelegen"),
            "fair": ("Für eine Nacht in Ordnung", "Durchwachsen"),
            "poor": ("Enttäuschend", "Nicht noch einmal"),
        },
        ("Sehr freundliches Personal, das sich wirklich kümmert.", "Das Zimmer war makellos sauber.", "Das Frühstück war frisch und reichlich.", "Perfekte Lage, alles zu Fuß erreichbar.", "Nachts angenehm ruhig.", "Bequeme Betten und eine gute Dusche."),
        ("Die Wände sind leider dünn.", "Die Klimaanlage war sehr laut.", "Das Zimmer roch muffig.", "Beim Einchecken mussten wir lange warten."),
    ),
    "es": (
        {
            "great": ("Para repetir", "Una estancia perfecta"),
            "good": ("Muy recomendable", "Buena relación calidad-precio"),
            "fair": ("Correcto", "Con sus pegas"),
            "poor": ("No volveríamos", "Decepcionante"),
        },
        ("El personal es encantador.", "La habitación estaba limpísima.", "El desayuno, casero y abundante.", "La ubicación no puede ser mejor.", "Se duerme muy bien, sin ruidos."),
        ("Se oye todo desde el pasillo.", "El aire acondicionado no enfriaba.", "La habitación era más pequeña de lo esperado."),
    ),
    "it": (
        {
            "great": ("Semplicemente perfetto", "Torneremo di sicuro"),
            "good": ("Ottima posizione", "Consigliato"),
            "fair": ("Nella media", "Si può migliorare"),
            "poor": ("Delusi", "Da rivedere"),
        },
        ("Personale gentilissimo e disponibile.", "Camera pulita e letto comodissimo.", "Colazione ricca e di qualità.", "A due passi da tutto.", "Molto silenzioso di notte."),
        ("Camera un po’ piccola rispetto alle foto.", "L’acqua calda arrivava a fatica.", "Colazione scarsa dopo le nove."),
    ),
    "ja": (
        {
            "great": ("また泊まりたい宿", "期待以上でした"),
            "good": ("立地が良く快適", "満足です"),
            "fair": ("普通でした",),
            "poor": ("残念でした",),
        },
        ("スタッフの対応がとても丁寧でした。", "部屋は清潔で、ベッドの寝心地も最高でした。", "朝食が新鮮でおいしかったです。", "どこへ行くにも便利な場所です。", "夜はとても静かでした。"),
        ("壁が薄く、隣の声が聞こえました。", "エアコンの音が気になりました。", "部屋が写真より狭く感じました。"),
    ),
}  # fmt: skip

_LANGUAGE_BY_COUNTRY = {
    "IN": "en", "FR": "fr", "DE": "de", "AT": "de", "IT": "it", "ES": "es", "MX": "es", "JP": "ja",
}  # fmt: skip
_LONG_JOINTS = {"en": " ", "ja": ""}


def language_of(rng: Random, country: str) -> str:
    """The language a guest from a country writes in; every fifth Indian one writes Hindi."""
    if country == "IN" and rng.random() < 0.2:
        return "hi"
    return _LANGUAGE_BY_COUNTRY.get(country, "en")


def band_of(score: int) -> str:
    """How a score of 1 to 10 reads: great, good, fair or poor."""
    return "great" if score >= 9 else "good" if score >= 7 else "fair" if score >= 5 else "poor"


def write_review(rng: Random, *, score: int, language: str) -> tuple[str, str]:
    """A title and a text that agree with the score: praise, praise with a complaint, or complaints."""
    titles, praise, complaints = _WORDS[language]
    band = band_of(score)
    good, bad = {
        "great": (rng.randint(2, 3), 0),
        "good": (2, rng.randint(0, 1)),
        "fair": (1, rng.randint(1, 2)),
        "poor": (0, rng.randint(2, 3)),
    }[band]
    sentences = rng.sample(praise, min(good, len(praise))) + rng.sample(complaints, min(bad, len(complaints)))
    # One guest in eight only leaves a title.
    text = "" if rng.random() < 0.12 else _LONG_JOINTS.get(language, " ").join(sentences)
    return rng.choice(titles[band]), text
