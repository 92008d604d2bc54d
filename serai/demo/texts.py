# ruff: noqa: E501 - sentences
"""Descriptions of hotels and rooms, composed sentence by sentence from what is true of each."""

from __future__ import annotations

from random import Random

_OPENINGS: dict[str, tuple[str, ...]] = {
    "hills": (
        "{name} stands on a wooded slope above {city}, where the morning mist lifts off the valley while the first tea is poured.",
        "Up a quiet lane in {city}, {name} looks out over ridge after ridge of hills.",
        "Pine-scented air, wooden floors and long views: {name} is what a hill station was invented for.",
    ),
    "lake": (
        "The water is the first thing you see from {name}, and the last light goes down over it too.",
        "{name} keeps its terraces turned to the lake, a short stroll from the middle of {city}.",
        "In {city} everybody finds a way back to the shore; at {name} it begins at the garden gate.",
    ),
    "beach": (
        "Kick your shoes off: from {name} a sandy path runs through the palms to the beach.",
        "{name} is a low, white house in {city} that lives with its doors open to the sea.",
        "Mornings at {name} begin with a swim and end, rather late, with breakfast on the veranda.",
    ),
    "coast": (
        "A sea breeze moves the curtains at {name}, on a street of old houses in {city}.",
        "{name} sits a few minutes from the waterfront of {city}, close to everything and away from the noise.",
        "Built for the climate and for long evenings, {name} catches whatever wind the sea sends to {city}.",
    ),
    "backwater": (
        "Canoes glide past the breakfast table at {name}, on a quiet arm of the backwaters near {city}.",
        "Coconut palms, still water and the sound of oars: {name} is {city} at its slowest.",
    ),
    "river": (
        "{name} looks onto the river in {city}, where the day begins with bells and ends with lamps on the water.",
        "A few steps above the river, {name} is a calm address in a city that seldom sits still.",
    ),
    "canal": (
        "Tall windows, steep stairs and a canal at the door: {name} is a house of the old {city}.",
        "{name} occupies a merchant's house on one of the quieter canals of {city}.",
    ),
    "desert": (
        "Golden stone by day and more stars than you can count by night: {name} makes the most of {city}.",
        "{name} was built of honey-coloured sandstone around a courtyard that stays cool at noon.",
    ),
    "rice": (
        "Terraces of rice step down from the pool at {name}, and frogs hold their concert every evening.",
        "{name} is a handful of airy pavilions among the fields outside {city}.",
    ),
    "heritage": (
        "Carved doors, cool courtyards and thick old walls: {name} is a house with a memory in the heart of {city}.",
        "{name} was a family's town house for generations; its arcades and its {tree} are still here.",
        "Within the old quarter of {city}, {name} opens behind a plain door onto a courtyard full of light.",
    ),
    "city": (
        "{name} is an easy place to come back to after a day in {city}: quiet rooms, good beds and people who remember your name.",
        "In the thick of {city} and yet on a side street, {name} lets you walk almost anywhere.",
        "{name} puts you in a neighbourhood of {city} where people actually live, with cafés at every corner.",
    ),
}
_ROOMS: dict[str, tuple[str, ...]] = {
    "hostel": (
        "Dorms have real mattresses, a reading light and a locker each; private rooms are there for those who want a door to close.",
        "Bunks are solid, sheets are crisp and the shared bathrooms are cleaned three times a day.",
    ),
    "simple": (
        "Rooms are plain, spotless and fairly priced, with firm beds and hot water at every hour.",
        "You will find a proper desk, a kettle and a fan that makes no noise; what you pay for is the place, not the chandelier.",
    ),
    "middle": (
        "All {count} rooms have air conditioning, blackout curtains and rain showers, and the ones to the back are the quietest.",
        "The {count} rooms mix handmade furniture with fast Wi-Fi and showers that do what they should.",
        "Each of the {count} rooms is a little different; ask for a corner one if you like morning light.",
    ),
    "fine": (
        "The {count} rooms and suites have high ceilings, linen you will want to take home and bathrooms of local stone.",
        "Its {count} rooms were drawn one by one: deep baths, silent air, writing tables by the window.",
    ),
}
_FOOD = (
    "Breakfast is cooked to order, from {dish} to eggs just as you like them.",
    "The kitchen is known beyond the house for its {dish}; dinner is served until half past ten.",
    "Start the day with {dish} and fresh fruit, under the {tree} when the weather allows.",
    "Ask for {dish} at breakfast, and for the list of small restaurants that the staff like best.",
)
_DISHES = {
    "india": ("masala dosa", "aloo paratha with white butter", "poha and filter coffee", "idli with three chutneys", "bedmi puri"),
    "french": ("warm brioche and apricot jam", "buckwheat galettes"),
    "italian": ("ricotta cake and blood-orange juice", "focaccia from the baker next door"),
    "spanish": ("tomato bread and mountain ham", "chilaquiles and papaya"),
    "portuguese": ("custard tarts still warm", "cheese bread and guava"),
    "japanese": ("grilled mackerel, rice and miso soup", "tamagoyaki and pickles"),
    "gulf": ("shakshuka and cardamom bread", "labneh with date syrup"),
    "maghreb": ("msemen with honey", "harira and semolina bread"),
    "turkish": ("menemen and simit", "white cheese, olives and honeycomb"),
    "siamese": ("rice soup with ginger", "mango and sticky rice"),
    "javanese": ("nasi goreng", "black rice porridge with coconut"),
    "viet": ("beef noodle soup", "banh mi with herbs"),
    "lanka": ("egg hoppers and pol sambol", "coconut roti"),
    "himal": ("buckwheat pancakes and apple jam", "tsampa porridge"),
}  # fmt: skip
_TREES = {
    "tropical": "frangipani",
    "desert": "neem tree",
    "alpine": "apple tree",
    "mediterranean": "fig tree",
}
_PLACES = (
    "{sight} is {minutes} minutes away on foot, and the front desk will call a taxi for anything further.",
    "You can walk to {sight} in {minutes} minutes; {other} is one short ride away.",
    "{sight} and {other} are both close by, and the house lends out bicycles and umbrellas.",
    "Most guests walk to {sight} before breakfast, when there is nobody there: it takes {minutes} minutes.",
)
_EXTRAS = {
    "pool": ("The pool is open from sunrise until ten in the evening.", "There is a pool to come home to, with shade in the afternoon."),
    "spa": ("A small spa offers oil massages by appointment.",),
    "garden": ("The garden has a hammock for everyone who asks early enough.", "Birds outnumber guests in the garden."),
    "terrace": ("In the evening everyone ends up on the roof terrace.",),
    "airport-shuttle": ("Our driver meets late flights too.",),
    "family": ("Cots and high chairs are free, and nobody minds children running.",),
    "pets": ("Dogs are welcome and get a bowl of their own.",),
    "meeting-rooms": ("Two meeting rooms with daylight seat up to forty.",),
    "beach": ("Towels, mats and umbrellas for the beach are lent free of charge.",),
}  # fmt: skip
_CLOSINGS = (
    "Tell us when you arrive: there is always somebody awake.",
    "Come for two nights; most people ask whether they may stay a third.",
    "The house is run by people from {city}, who know which street to take.",
    "Luggage can stay as long as you like on the day you leave.",
    "We answer messages within the hour, day and night.",
)
_HEADLINES = (
    "A {mood} {kind} near {sight}",
    "{count} rooms, {minutes} minutes from {sight}",
    "A {mood} place to stay in {city}",
    "The {mood} side of {city}",
    "{sight} at your doorstep, quiet at night",
)
_MOODS = {
    "hills": ("cool", "restful", "wood-panelled"), "lake": ("lakeside", "unhurried"), "beach": ("barefoot", "breezy"),
    "coast": ("breezy", "sunlit"), "backwater": ("slow", "green"), "river": ("riverside", "calm"),
    "canal": ("quiet", "historic"), "desert": ("golden", "starlit"), "rice": ("green", "airy"),
    "heritage": ("time-honoured", "quiet", "courtyard"), "city": ("calm", "bright", "friendly"),
}  # fmt: skip
_KIND_WORDS = {
    "hotel": "hotel", "resort": "resort", "guest_house": "guest house", "homestay": "family home",
    "apartment": "aparthotel", "hostel": "hostel", "villa": "villa", "camp": "camp",
}  # fmt: skip


def describe_hotel(
    rng: Random,
    *,
    name: str,
    city: str,
    kind: str,
    stars: int | None,
    setting: str,
    climate: str,
    culture: str,
    rooms: int,
    sights: tuple[str, ...],
    amenities: tuple[str, ...],
) -> tuple[str, str]:
    """A headline and three or four paragraphs that fit the hotel's place, class and amenities."""
    sight, other = rng.sample(sights, 2) if len(sights) > 1 else [sights[0], "the market"]
    words = {
        "name": name,
        "city": city,
        "kind": _KIND_WORDS[kind],
        "count": rooms,
        "sight": sight,
        "other": other,
        "minutes": rng.choice((3, 5, 6, 8, 10, 12, 15)),
        "dish": rng.choice(
            _DISHES.get(culture, ("porridge with berries", "eggs, sourdough and good coffee"))
        ),
        "tree": _TREES.get(climate, "chestnut tree"),
        "mood": rng.choice(_MOODS[setting]),
    }
    level = (
        "hostel" if kind == "hostel" else "simple" if (stars or 3) < 3 else "fine" if stars == 5 else "middle"
    )
    first = [rng.choice(_OPENINGS[setting]), rng.choice(_ROOMS[level])]
    second = [rng.choice(_FOOD)] if {"restaurant", "breakfast"} & set(amenities) else []
    known = [slug for slug in amenities if slug in _EXTRAS]
    second += [rng.choice(_EXTRAS[slug]) for slug in rng.sample(known, min(2, len(known)))]
    paragraphs = [first, second, [rng.choice(_PLACES), rng.choice(_CLOSINGS)]]
    text = "\n\n".join(
        " ".join(_start(part.format(**words)) for part in group) for group in paragraphs if group
    )
    return _start(rng.choice(_HEADLINES).format(**words)), text


def _start(sentence: str) -> str:
    """Begin with a capital: sights such as “the Ridge” may come first."""
    return sentence[:1].upper() + sentence[1:]


_ROOM_OPENINGS = (
    "{size} m² with {beds} and {view}.",
    "A {mood} room of {size} m², with {beds}; it looks onto {view}.",
    "{beds_capital}, {size} m² and {view}.",
)
_VIEWS = {
    "hills": ("the valley", "the pines"), "lake": ("the lake", "the garden"), "beach": ("the palms", "the sea"),
    "coast": ("the harbour side", "the old roofs"), "backwater": ("the water", "the coconut grove"),
    "river": ("the river", "the inner court"), "canal": ("the canal", "the back garden"),
    "desert": ("the fort", "the courtyard"), "rice": ("the fields", "the pool"),
    "heritage": ("the courtyard", "the lane"), "city": ("the street", "the quiet courtyard"),
}  # fmt: skip


def describe_room(rng: Random, *, size: int, beds: str, setting: str) -> str:
    """One or two sentences about a room type."""
    view = rng.choice(_VIEWS[setting])
    sentence = rng.choice(_ROOM_OPENINGS)
    if "onto" not in sentence:
        view = f"a view of {view}"
    return sentence.format(
        size=size,
        beds=beds,
        beds_capital=_start(beds),
        view=view,
        mood=rng.choice(("bright", "calm", "cosy", "generous")),
    )
