"""Who counts as what, who fits, and who sleeps where."""

from __future__ import annotations

from serai.rates.rules.terms import Party, ProductTerms


def split_party(party: Party, rooms: int) -> list[Party]:
    """Share guests out over rooms as evenly as can be, each room with an adult.

    The first rooms get the odd adults; children go, oldest first, to the rooms with fewest guests
    (the last such room). Raises `ValueError` when there are fewer adults than rooms.
    """
    if rooms < 1 or party.adults < rooms:
        raise ValueError("Every room needs an adult.")
    each, more = divmod(party.adults, rooms)
    adults = [each + (index < more) for index in range(rooms)]
    children: list[list[int]] = [[] for _ in range(rooms)]
    for age in sorted(party.children_ages, reverse=True):
        fewest = min(range(rooms), key=lambda index: (adults[index] + len(children[index]), -index))
        children[fewest].append(age)
    return [Party(adults[index], tuple(children[index])) for index in range(rooms)]


def count_guests(terms: ProductTerms, party: Party) -> tuple[int, int, int]:
    """Adults, children and infants as the property counts them: by age, not by what they are called."""
    infants = sum(age <= terms.infant_max_age for age in party.children_ages)
    grown = sum(age > terms.child_max_age for age in party.children_ages)
    return party.adults + grown, len(party.children_ages) - infants - grown, infants


def fits(terms: ProductTerms, party: Party) -> bool:
    """Whether the party may sleep in one such room. Infants count as guests and as children."""
    adults, children, infants = count_guests(terms, party)
    return (
        adults <= terms.max_adults
        and children + infants <= terms.max_children
        and adults + children + infants <= terms.max_guests
    )


def child_price(terms: ProductTerms, age: int) -> int:
    """What a child costs a night beyond the included guests: its band's price or the general one."""
    for max_age, amount in terms.child_bands:
        if age <= max_age:
            return amount
    return terms.extra_child_minor
