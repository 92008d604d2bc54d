"""The plain SQL of the search, all of it, in one place.

Parameters are named (`%(name)s`). Money stays out of here: what a stay costs is worked out by
`rates.rules.price_stay` alone, so that a result, a page and a quote agree.
"""

# --- Places ------------------------------------------------------------------------------------------

# Cities one of whose spellings starts with the typed words, best first. `exact` counts for much, the city's
# own name before its other names, then how many places to stay there are, then its size.
DESTINATIONS_BY_PREFIX = """
    SELECT place.id, place.name, place.region, place.country_code, place.latitude, place.longitude,
           place.timezone, place.population, place.names, stock.properties
      FROM properties_destination AS place
     CROSS JOIN LATERAL (
           SELECT count(*) AS properties
             FROM properties_property AS property
            WHERE property.destination_id = place.id AND property.status = 'published'
           ) AS stock
     WHERE place.names LIKE %(anywhere)s
     ORDER BY (place.names LIKE %(exact)s)::int * 0.4
            + (place.names LIKE %(own)s)::int * 0.5
            + ln(1 + stock.properties) * 0.25
            + ln(1 + place.population) / 16.0 DESC,
              place.population DESC, place.id
     LIMIT %(limit)s
"""

DESTINATION_BY_ID = """
    SELECT place.id, place.name, place.region, place.country_code, place.latitude, place.longitude,
           place.timezone, place.population, place.names, 0 AS properties
      FROM properties_destination AS place
     WHERE place.id = %(id)s
"""

LOWER_WORD_THRESHOLD = "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)"

# Cities of which one spelling looks like the typed words. The caller ranks them by edit distance.
# `%%>` needs `pg_trgm.word_similarity_threshold` to be lowered for the transaction.
DESTINATIONS_BY_LIKENESS = """
    SELECT place.id, place.name, place.region, place.country_code, place.latitude, place.longitude,
           place.timezone, place.population, place.names, stock.properties
      FROM properties_destination AS place
     CROSS JOIN LATERAL (
           SELECT count(*) AS properties
             FROM properties_property AS property
            WHERE property.destination_id = place.id AND property.status = 'published'
           ) AS stock
     WHERE place.names %%> %(words)s
     ORDER BY word_similarity(%(words)s, place.names) * 3
            + ln(1 + stock.properties) * 0.25
            + ln(1 + place.population) / 16.0 DESC,
              place.id
     LIMIT %(limit)s
"""

# The cities with most places to stay, each with the photo of its best-reviewed property.
POPULAR_DESTINATIONS = """
    SELECT place.id, place.name, place.country_code, stock.properties, cover.photo_id
      FROM (SELECT destination_id, count(*) AS properties
              FROM properties_property
             WHERE status = 'published' AND destination_id IS NOT NULL
             GROUP BY destination_id
             ORDER BY count(*) DESC, destination_id
             LIMIT %(limit)s) AS stock
      JOIN properties_destination AS place ON place.id = stock.destination_id
      LEFT JOIN LATERAL (
           SELECT photo.id AS photo_id
             FROM properties_property AS property
             JOIN properties_photo AS photo
               ON photo.property_id = property.id AND photo.status = 'ready' AND photo.room_type_id IS NULL
            WHERE property.destination_id = place.id AND property.status = 'published'
            ORDER BY property.review_total DESC, property.id, photo.position, photo.id
            LIMIT 1
           ) AS cover ON true
     ORDER BY stock.properties DESC, place.id
"""

# Cities with places to stay around a point, nearest first; `degrees` bounds the latitude so that the
# table is not measured from end to end.
NEARBY_DESTINATIONS = """
    SELECT place.id, place.name, place.region, place.country_code, place.latitude, place.longitude,
           place.timezone, place.population, place.names, count(*) AS properties
      FROM properties_destination AS place
      JOIN properties_property AS property
        ON property.destination_id = place.id AND property.status = 'published'
     WHERE place.latitude BETWEEN %(latitude)s - %(degrees)s AND %(latitude)s + %(degrees)s
       AND place.id <> %(destination_id)s
     GROUP BY place.id
     ORDER BY power(place.latitude - %(latitude)s, 2)
            + power((place.longitude - %(longitude)s) * cos(radians(%(latitude)s)), 2), place.id
     LIMIT %(limit)s
"""

PROPERTIES_BY_NAME = """
    SELECT property.id, property.slug, property.name, place.name, place.country_code
      FROM properties_property AS property
      LEFT JOIN properties_destination AS place ON place.id = property.destination_id
     WHERE property.status = 'published'
       AND (search_fold(property.name) LIKE %(prefix)s
            OR search_fold(property.name) LIKE %(word)s
            OR %(words)s <%% search_fold(property.name))
     ORDER BY search_fold(property.name) LIKE %(prefix)s DESC,
              word_similarity(%(words)s, search_fold(property.name)) DESC,
              property.review_count DESC, property.id
     LIMIT %(limit)s
"""

# --- Properties --------------------------------------------------------------------------------------

# Which properties a place means. The key is `Place.kind`.
AT_PLACE = {
    "anywhere": "TRUE",
    "destination": "property.destination_id = %(destination_id)s",
    "country": "place.country_code = %(country_code)s",
    "words": """(to_tsvector('simple', search_fold(property.name)) @@ plainto_tsquery('simple', %(words)s)
                 OR %(words)s <%% search_fold(property.name))""",
}

# How near the name is to the typed words: only a search for a name ranks by it.
CLOSENESS = {"words": "word_similarity(%(words)s, search_fold(property.name))"}
NO_CLOSENESS = "0::real"

# Every published property at the place, with what filters and facets look at.
PROPERTIES_AT_PLACE = """
    SELECT property.id, property.name, property.kind, property.stars, property.currency,
           property.latitude, property.longitude, property.review_count, property.review_total,
           COALESCE((SELECT array_agg(link.amenity_id)
                       FROM properties_property_amenities AS link
                      WHERE link.property_id = property.id), '{{}}') AS amenity_ids,
           {closeness} AS closeness
      FROM properties_property AS property
      LEFT JOIN properties_destination AS place ON place.id = property.destination_id
     WHERE property.status = 'published' AND {at_place}
     ORDER BY property.id
"""

# --- Rooms that are left for a stay ---------------------------------------------------------------------

# Room types of the properties that are open with `rooms` units left on every night and large enough for
# the largest room's party by head count. What they cost, and whether a rate is restricted, is for
# `rates.selectors.load_offers` alone, so that a result, a page and a quote agree. A room type whose stay
# would begin on a day that has passed at the property is left out.
OPEN_ROOM_TYPES = """
    SELECT room_type.id
      FROM properties_property AS property
      JOIN properties_roomtype AS room_type
        ON room_type.property_id = property.id AND room_type.is_active
       AND room_type.max_guests >= %(guests_in_a_room)s
     CROSS JOIN LATERAL (
           SELECT min(allotment + allowance - held - sold) AS units_left, count(*) AS nights
             FROM inventory_night AS night
            WHERE night.room_type_id = room_type.id AND NOT night.is_closed
              AND night.date >= %(check_in)s AND night.date < %(check_out)s
           ) AS nights
     WHERE property.id = ANY(%(property_ids)s)
       AND %(check_in)s >= (%(now)s AT TIME ZONE property.timezone)::date
       AND nights.nights = %(nights)s AND nights.units_left >= %(rooms)s
     ORDER BY room_type.id
"""

# The check-in dates nearest to the wished one on which some room type has `rooms` units left for all nights.
NEAREST_OPEN_STAYS = """
    WITH open_night AS (
        SELECT night.room_type_id, night.date,
               night.date - (row_number() OVER (PARTITION BY night.room_type_id
                                                    ORDER BY night.date))::int AS island
          FROM inventory_night AS night
          JOIN properties_roomtype AS room_type ON room_type.id = night.room_type_id AND room_type.is_active
         WHERE room_type.property_id = %(property_id)s AND room_type.max_guests >= %(guests_in_a_room)s
           AND NOT night.is_closed
           AND night.allotment + night.allowance - night.held - night.sold >= %(rooms)s
           AND night.date >= %(first)s AND night.date < %(end)s
    ), island AS (
        SELECT min(date) AS first, max(date) AS last
          FROM open_night
         GROUP BY room_type_id, island
        HAVING count(*) >= %(nights)s
    )
    SELECT start::date
      FROM island
     CROSS JOIN LATERAL generate_series(island.first, island.last - %(nights)s + 1, interval '1 day') AS start
     GROUP BY start
     ORDER BY abs(start::date - %(check_in)s), start
     LIMIT %(limit)s
"""
