"""The plain SQL of the search, all of it, in one place.

Parameters are named (`%(name)s`). Money stays out of here except as stored base prices: what a stay
costs is worked out by `rates.rules.price_stay` alone, so that a result, a page and a quote agree.
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

# --- Products that can be sold for a stay ---------------------------------------------------------------

# One row per product of the properties whose room type is open with `rooms` units left on every
# night, is large enough for the largest room's party by head count, and whose root product has a price for
# every night. The chain of rate plans is walked from each plan up to its root; `adjustments` leads back down.
# A room type whose stay would begin on a day that has passed at the property is left out.
SELLABLE_PRODUCTS = """
    WITH RECURSIVE here AS MATERIALIZED (
        SELECT property.id, property.currency, property.timezone, property.check_in_from,
               property.infant_max_age, property.child_max_age
          FROM properties_property AS property
         WHERE property.id = ANY(%(property_ids)s)
           AND %(check_in)s >= (%(now)s AT TIME ZONE property.timezone)::date
    ), open_room AS MATERIALIZED (
        SELECT room_type.id, room_type.property_id, room_type.name, room_type.base_guests,
               room_type.max_adults, room_type.max_children, room_type.max_guests, nights.units_left
          FROM here
          JOIN properties_roomtype AS room_type
            ON room_type.property_id = here.id AND room_type.is_active
           AND room_type.max_guests >= %(guests_in_a_room)s
         CROSS JOIN LATERAL (
               SELECT min(allotment + allowance - held - sold) AS units_left, count(*) AS nights
                 FROM inventory_night AS night
                WHERE night.room_type_id = room_type.id AND NOT night.is_closed
                  AND night.date >= %(check_in)s AND night.date < %(check_out)s
               ) AS nights
         WHERE nights.nights = %(nights)s AND nights.units_left >= %(rooms)s
    ), plan AS (
        SELECT plan.id, plan.property_id, plan.name, plan.meals, plan.payment, plan.policy_id,
               plan.parent_id AS next_id, plan.id AS root_id,
               CASE WHEN plan.parent_id IS NULL THEN '[]'::jsonb
                    ELSE jsonb_build_array(jsonb_build_array(plan.adjustment_kind, plan.adjustment_value))
               END AS adjustments
          FROM rates_rateplan AS plan
         WHERE plan.is_active AND plan.property_id IN (SELECT property_id FROM open_room)
           AND (%(takes_cards)s OR plan.payment <> 'prepaid')
        UNION ALL
        SELECT plan.id, plan.property_id, plan.name, plan.meals, plan.payment, plan.policy_id,
               parent.parent_id, parent.id,
               CASE WHEN parent.parent_id IS NULL THEN '[]'::jsonb
                    ELSE jsonb_build_array(jsonb_build_array(parent.adjustment_kind, parent.adjustment_value))
               END || plan.adjustments
          FROM plan
          JOIN rates_rateplan AS parent ON parent.id = plan.next_id
    )
    SELECT here.id, here.currency, here.timezone, here.check_in_from, here.infant_max_age, here.child_max_age,
           open_room.id, open_room.name, open_room.base_guests,
           open_room.max_adults, open_room.max_children, open_room.max_guests, open_room.units_left,
           product.id, plan.id, plan.name, plan.meals, plan.payment, plan.policy_id, policy.name,
           plan.adjustments::text, root.extra_adult_minor, root.extra_child_minor, prices.amounts
      FROM open_room
      JOIN here ON here.id = open_room.property_id
      JOIN rates_product AS product ON product.room_type_id = open_room.id AND product.is_active
      JOIN plan ON plan.id = product.rate_plan_id AND plan.next_id IS NULL
      JOIN rates_cancellationpolicy AS policy ON policy.id = plan.policy_id
      JOIN rates_product AS root ON root.room_type_id = open_room.id AND root.rate_plan_id = plan.root_id
     CROSS JOIN LATERAL (
           SELECT array_agg(price.amount_minor ORDER BY price.date) AS amounts
             FROM rates_nightprice AS price
            WHERE price.product_id = root.id
              AND price.date >= %(check_in)s AND price.date < %(check_out)s
           ) AS prices
     WHERE cardinality(prices.amounts) = %(nights)s
     ORDER BY product.id
"""

# The taxes of properties and the tiers of policies, one row each, in the order the engine takes them in.
TAXES = """
    SELECT property_id, name, kind, basis, period, value, is_included, is_paid_at_property,
           from_minor, below_minor
      FROM rates_taxrule
     WHERE property_id = ANY(%(property_ids)s)
     ORDER BY position, id
"""

TIERS = """
    SELECT policy_id, hours_before, kind, value
      FROM rates_cancellationtier
     WHERE policy_id = ANY(%(policy_ids)s)
     ORDER BY hours_before DESC NULLS FIRST, id
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
