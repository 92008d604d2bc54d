# ruff: noqa: E501 - word lists
"""Names of hotels, hosts and guests, made from parts so that they sound like their place.

The parts are ours; where a composed name happens to be that of a real house, nothing is meant by it.
"""

from __future__ import annotations

from random import Random

# culture → (patterns, first parts, second parts); `{a}` `{b}` are drawn, `{street}` `{family}` given.
_GRAMMARS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "india": (
        ("{a} {b}", "Hotel {a} {b}", "The {a} {b}", "{family} {b}", "{a} {b} by the {water}", "{family} Homestead"),
        (
            "Neel", "Gulmohar", "Chandan", "Kesar", "Mogra", "Surya", "Moti", "Padma", "Champa", "Indigo",
            "Amber", "Saffron", "Marigold", "Tulsi", "Parijat", "Kadamb", "Sitara", "Anjali", "Rang", "Shanti",
            "Bulbul", "Mayur", "Deodar", "Ashoka", "Banyan", "Jasmine", "Lotus", "Tamarind", "Sandal", "Rohida",
        ),
        (
            "Niwas", "Haveli", "Vilas", "Bagh", "Kunj", "Bhawan", "Courtyard", "House", "Residency", "Kothi",
            "Sadan", "Retreat", "Garden Hotel", "Terrace", "Grand", "Inn", "Manzil", "Villa", "Suites",
        ),
    ),
    "british": (
        ("The {a} {b}", "{family}’s {b}", "{a} & {a2}", "No. {n} {street}"),
        ("Wren", "Larkspur", "Hawthorn", "Pewter", "Copper", "Juniper", "Foxglove", "Heron", "Alder", "Linden",
         "Quill", "Thistle", "Marlow", "Ashby"),
        ("House", "Rooms", "Townhouse", "Lodge", "Inn", "Hotel", "Arms", "Terrace"),
    ),
    "french": (
        ("Hôtel {a}", "Maison {b}", "Hôtel de la {a2}", "Les Chambres {b}", "Hôtel {b}"),
        ("des Tilleuls", "du Vieux Platane", "de la Lanterne", "des Trois Ponts", "du Grand Figuier", "de l’Aubier",
         "des Hirondelles", "du Quai Clair", "de l’Horloge Bleue", "des Amandiers"),
        ("Mirabelle", "Cassis", "Armoise", "Lavandin", "Verveine", "Célestin", "Séraphine", "Colombe", "Garance"),
    ),
    "italian": (
        ("Albergo {a}", "Palazzo {b}", "Locanda {a}", "Casa {b}", "Hotel {b}"),
        ("del Glicine", "della Fontana", "ai Tre Archi", "del Melograno", "alla Torretta", "dei Limoni",
         "della Rondine", "al Pozzo Antico"),
        ("Morelli", "Verdiana", "Lucerna", "Fiorenzo", "Ottavia", "Sirena", "Castagno", "Bellafonte"),
    ),
    "spanish": (
        ("Casa {b}", "Hotel {a}", "Posada {a}", "Patio {b}"),
        ("del Naranjo", "de los Azulejos", "la Golondrina", "del Pozo", "las Buganvillas", "el Olivar",
         "del Farol", "la Celosía"),
        ("Jacaranda", "Almendra", "Mirasol", "Luminosa", "Candela", "Amapola", "Valmora", "Tierra"),
    ),
    "portuguese": (
        ("Casa {a}", "Pousada {a}", "Hotel {b}", "Solar {b}"),
        ("do Limoeiro", "da Varanda", "das Andorinhas", "do Azulejo", "da Figueira", "do Cais"),
        ("Aurora", "Serena", "Madressilva", "Alecrim", "Saudade", "Miramar Velho", "Bela Vista Alta"),
    ),
    "german": (
        ("Hotel {a}", "Gasthof {a}", "Pension {b}", "Haus {b}", "{b} Stadthotel"),
        ("zum Lindenbaum", "am Brunnen", "zur Alten Mühle", "am Uhrturm", "zum Goldenen Reiher", "am Kastanienhof"),
        ("Eberhardt", "Sonnleitner", "Morgenrot", "Wacholder", "Amsel", "Rosenau", "Birkenfeld"),
    ),
    "dutch": (
        ("Hotel {a}", "{b} Canal House", "Huis {b}"),
        ("de Blauwe Reiger", "het Gulden Anker", "de Drie Tulpen", "de Klokkenmaker"),
        ("Van Rijswijk", "Zilverlinde", "Maas", "Oosterlicht", "Kwartel"),
    ),
    "czech": (
        ("Hotel {a}", "Dům {a}", "Penzion {b}"),
        ("U Zlaté lípy", "U Tří zvonů", "Na Kampě", "U Modré sovy", "Pod Věží"),
        ("Javor", "Skřivan", "Jasmín", "Medvídek"),
    ),
    "greek": (
        ("{a} Hotel", "Archontiko {a}", "{b} Rooms"),
        ("Thalia", "Elaia", "Anemos", "Kallisti", "Rodia"),
        ("Kyparissi", "Meltemi", "Ammos", "Petra"),
    ),
    "turkish": (
        ("{a} Konak", "Hotel {b}", "{a} Evi"),
        ("Erguvan", "Çınar", "Mavi Kapı", "Fener", "Lale", "Sardunya", "Zeytin"),
        ("Sahaf", "Martı", "Pera Gündoğdu", "Yalı", "Kehribar"),
    ),
    "japanese": (
        ("{a} Ryokan", "Hotel {a}", "{b} Machiya", "{a} Inn {n}", "Yado {b}"),
        ("Hoshizora", "Kaede", "Asagiri", "Tsubaki", "Yamabuki", "Komorebi", "Hinoki", "Suzukaze"),
        ("Tsukimi", "Akane", "Shizuka", "Matsukaze", "Fujinami", "Aoi"),
    ),
    "straits": (
        ("The {a} {b}", "{a} {b}", "Hotel {a}"),
        ("Nutmeg", "Pandan", "Peranakan", "Kebaya", "Tembusu", "Frangipani", "Lantern"),
        ("Shophouse", "Residence", "House", "Rooms", "Hotel"),
    ),
    "siamese": (
        ("Baan {a}", "{a} {b}", "The {b} {a}"),
        ("Dok Mai", "Ruen Thong", "Lamphu Suan", "Rim Nam", "Chandra", "Fai Ngoen", "Sala Daeng Noi"),
        ("Boutique Hotel", "Garden", "Riverside", "House", "Suites"),
    ),
    "javanese": (
        ("{a} {b}", "Rumah {a}", "The {a} {b}"),
        ("Sawah Hijau", "Kemuning", "Cempaka", "Bale Tirta", "Melati Putih", "Wangsa", "Alang Bukit"),
        ("Villas", "Retreat", "Guest House", "Resort", "Cottages"),
    ),
    "viet": (
        ("{a} {b}", "The {a} {b}", "Nhà {a}"),
        ("Hoa Sen", "Sông Xanh", "Trăng Vàng", "An Nhiên", "Bạch Trà", "Lá Me"),
        ("Boutique Hotel", "House", "Riverside", "Hotel"),
    ),
    "lanka": (
        ("{a} {b}", "The {a} {b}"),
        ("Araliya Lane", "Kurundu", "Monsoon", "Ambalama", "Sudu Mal", "Rampart"),
        ("Villa", "House", "Hotel", "Guest House"),
    ),
    "himal": (
        ("{a} {b}", "Hotel {a}"),
        ("Lali Gurans", "Himchuli View", "Prayer Flag", "Sal Forest", "Juniper Smoke", "Dhaulagiri Dawn"),
        ("Lodge", "Guest House", "Boutique Hotel", "Retreat"),
    ),
    "gulf": (
        ("{a} {b}", "Dar {a}", "Bait {a}"),
        ("Al Nakheel Courtyard", "Luluat", "Al Yasmeen Heritage", "Najma", "Al Sidra", "Zafaran", "Al Waha Gate"),
        ("Hotel", "Suites", "Residence", "Grand Hotel"),
    ),
    "nile": (
        ("{a} {b}", "Hotel {a}"),
        ("Papyrus Moon", "Felucca", "Sycamore Fig", "Lotus Column"),
        ("House", "Palace Hotel", "Riverside Hotel"),
    ),
    "maghreb": (
        ("Riad {a}", "Dar {b}", "Riad {b}"),
        ("Zellige", "Nour el Bab", "des Orangers Doux", "Yasmina Bleue", "Tadelakt", "Sbâa"),
        ("Amandine", "Rosa", "Kenza", "Zahir", "Limoun"),
    ),
    "savanna": (
        ("{a} {b}", "The {a} {b}"),
        ("Acacia Lane", "Weaver Bird", "Tamani Hill", "Red Earth"),
        ("Lodge", "House", "Hotel"),
    ),
    "cape": (
        ("The {a} {b}", "{a} {b}"),
        ("Fynbos", "Silver Leaf", "Protea Row", "Southeaster", "Milkwood"),
        ("House", "Guest House", "Hotel", "Lodge"),
    ),
    "american": (
        ("The {a}", "Hotel {b}", "{a} House", "The {b} on {street}"),
        ("Larkin Row", "Ironwood", "Marquetry", "Blue Heron", "Fielding", "Tinsmith", "Magnolia Porch"),
        ("Ardmore", "Wexler", "Calloway", "Juniper", "Delphine"),
    ),
    "nordic": (
        ("{a} Guesthouse", "Hótel {b}", "{a} Apartments"),
        ("Lóa", "Norðurljós Court", "Birki"),
        ("Hrafn", "Sólstafir", "Vitinn"),
    ),
}  # fmt: skip

INDIAN_GIVEN = (
    "Aarav", "Ananya", "Rohan", "Ishita", "Vikram", "Meera", "Kabir", "Saanvi", "Arjun", "Diya", "Farhan", "Zoya",
    "Gurpreet", "Simran", "Joseph", "Anjali", "Karthik", "Lakshmi", "Nikhil", "Priya", "Rahul", "Sneha", "Tenzin",
    "Aditi", "Dev", "Nandini", "Imran", "Ayesha", "Manish", "Kavya",
)  # fmt: skip
INDIAN_FAMILY = (
    "Sharma", "Iyer", "Rathore", "Fernandes", "Banerjee", "Khan", "Nair", "Singh", "Patel", "Reddy", "Mehta", "Das",
    "Kulkarni", "Menon", "Chauhan", "Gill", "Dsouza", "Bhatt", "Joshi", "Naik", "Shekhawat", "Lepcha", "Thomas",
)  # fmt: skip
WORLD_PEOPLE: tuple[tuple[str, str], ...] = (
    ("Emma Hughes", "GB"), ("Oliver Grant", "GB"), ("Chloé Martin", "FR"), ("Luc Fournier", "FR"),
    ("Hannah Weber", "DE"), ("Jonas Krüger", "DE"), ("Giulia Conti", "IT"), ("Marco Ferri", "IT"),
    ("Lucía Ortega", "ES"), ("Pablo Serrano", "ES"), ("Yuki Tanaka", "JP"), ("Haruto Mori", "JP"),
    ("Mia Johnson", "US"), ("Ethan Brooks", "US"), ("Sofia Almeida", "PT"), ("Noor Al-Sabah", "KW"),
    ("Omar Haddad", "AE"), ("Li Wei", "SG"), ("Siti Rahman", "MY"), ("Lars Nygaard", "NO"),
    ("Anneke de Vries", "NL"), ("Thandi Mokoena", "ZA"), ("Grace Wanjiru", "KE"), ("Isabela Rocha", "BR"),
    ("Nina Novák", "CZ"), ("Kemal Aydın", "TR"), ("Mai Tran", "VN"), ("Ji-woo Park", "KR"),
)  # fmt: skip

_WATER = {"lake": "Lake", "river": "River", "coast": "Sea", "beach": "Sea", "backwater": "Backwaters"}


def make_hotel_name(rng: Random, *, culture: str, street: str, setting: str, taken: set[str]) -> str:
    """A name nobody in `taken` (lower case) has yet; adds it. Falls back to the street for more variety."""
    patterns, first, second = _GRAMMARS[culture]
    for attempt in range(60):
        name = rng.choice(patterns).format(
            a=rng.choice(first),
            a2=rng.choice(second if culture == "french" else first),
            b=rng.choice(second),
            family=rng.choice(
                INDIAN_FAMILY if culture == "india" else ("Marlow", "Ashby", "Calder", "Pryce")
            ),
            water=_WATER.get(setting, "Garden"),
            n=rng.randint(3, 58),
            street=street,
        )
        if attempt > 30:
            name = f"{name}, {street}"
        if name.lower() not in taken:
            taken.add(name.lower())
            return name
    raise RuntimeError(f"No name left for {culture}: its grammar has too few parts.")


def make_indian_person(rng: Random) -> str:
    """A given and a family name."""
    return f"{rng.choice(INDIAN_GIVEN)} {rng.choice(INDIAN_FAMILY)}"
