"""The plain SQL that loads products for pricing, all of it, in one place. Parameters are positional."""

# Every product of the room types with what its room and property say about guests. The last column is
# false for what is switched off.
PRODUCTS = """
    SELECT product.id, product.room_type_id, product.rate_plan_id,
           product.single_discount_minor, product.extra_adult_minor, product.extra_child_minor,
           room_type.name, room_type.property_id, room_type.base_guests, room_type.max_adults,
           room_type.max_children, room_type.max_guests,
           property.currency, property.timezone, property.check_in_from, property.infant_max_age,
           property.child_max_age,
           product.is_active AND room_type.is_active
      FROM rates_product AS product
      JOIN properties_roomtype AS room_type ON room_type.id = product.room_type_id
      JOIN properties_property AS property ON property.id = room_type.property_id
      JOIN rates_rateplan AS plan ON plan.id = product.rate_plan_id
     WHERE product.room_type_id = ANY(%s)
     ORDER BY room_type.position, room_type.id, plan.position, plan.id
"""

# Rate plans of the properties with their policies' terms; the restriction columns stand last, in the
# order of `RESTRICTION_FIELDS`.
PLANS = """
    SELECT plan.id, plan.property_id, plan.name, plan.parent_id, plan.adjustment_kind, plan.adjustment_value,
           plan.rounding_minor, plan.meals, plan.meal_adult_minor, plan.meal_child_minor, plan.payment,
           plan.audience, plan.bookable_from_date, plan.bookable_until_date, plan.stay_from_date,
           plan.stay_until_date, plan.is_active,
           policy.id, policy.name, policy.no_show_kind, policy.no_show_value, policy.early_departure_percent,
           policy.change_rates, policy.guarantee, policy.kept_until,
           plan.min_stay_arrival, plan.max_stay_arrival, plan.min_stay_through, plan.max_stay_through,
           plan.is_closed_to_arrival, plan.is_closed_to_departure, plan.is_stop_sold, plan.earliest_days,
           plan.latest_days, plan.release_days, plan.cutoff_hour
      FROM rates_rateplan AS plan
      JOIN rates_cancellationpolicy AS policy ON policy.id = plan.policy_id
     WHERE plan.property_id = ANY(%s)
"""

TAXES = """
    SELECT property_id, name, kind, basis, period, value, is_included, is_paid_at_property,
           from_minor, below_minor, from_age, below_age, max_nights, exempt_from_nights, exemption,
           valid_from_date, valid_until_date
      FROM rates_taxrule
     WHERE property_id = ANY(%s)
     ORDER BY position, id
"""

# Tiers and deposits of the properties' policies in one answer; `part` tells them apart.
POLICY_PARTS = """
    SELECT 'tier' AS part, tier.policy_id, tier.hours_before, tier.days_before, tier.kind, tier.value, tier.id
      FROM rates_cancellationtier AS tier
      JOIN rates_cancellationpolicy AS policy ON policy.id = tier.policy_id
     WHERE policy.property_id = ANY(%s)
     UNION ALL
    SELECT 'deposit', step.policy_id, NULL, step.days_before, step.kind, step.value, step.id
      FROM rates_depositstep AS step
      JOIN rates_cancellationpolicy AS policy ON policy.id = step.policy_id
     WHERE policy.property_id = ANY(%s)
     ORDER BY part, days_before DESC NULLS FIRST, hours_before DESC NULLS FIRST, id
"""

CHILD_PRICES = """
    SELECT price.product_id, band.max_age, price.amount_minor
      FROM rates_childprice AS price
      JOIN rates_childband AS band ON band.id = price.band_id
     WHERE price.product_id = ANY(%s)
     ORDER BY band.max_age
"""

# Promotions that are switched on and, where they have a limit, not used up, or used by who asks. Uses are
# counted where `bookings` keeps them; it locks the promotion and counts again before it lets anybody have
# one more.
PROMOTIONS = """
    SELECT promotion.property_id, promotion.id, promotion.name, promotion.kind, promotion.value,
           promotion.code, promotion.min_nights, promotion.max_nights, promotion.min_days_ahead,
           promotion.max_days_ahead, promotion.bookable_from_date, promotion.bookable_until_date,
           promotion.stay_from_date, promotion.stay_until_date, promotion.is_combinable,
           ARRAY(SELECT link.rateplan_id FROM rates_promotion_rate_plans AS link
                  WHERE link.promotion_id = promotion.id)
      FROM rates_promotion AS promotion
     WHERE promotion.property_id = ANY(%s) AND promotion.is_active
       AND (promotion.code = '' OR upper(promotion.code) = ANY(%s))
       AND (promotion."limit" IS NULL OR promotion.id = ANY(%s) OR promotion."limit" > (
            SELECT count(*)
              FROM bookings_promotionuse AS used
              JOIN inventory_hold AS hold ON hold.id = used.hold_id
              LEFT JOIN bookings_booking AS booking ON booking.id = used.booking_id
             WHERE used.promotion_id = promotion.id
               AND CASE WHEN used.booking_id IS NULL THEN hold.state = 'active'
                        ELSE booking.state <> 'cancelled' END))
     ORDER BY promotion.position, promotion.id
"""

# Rate plans that the codes open at the properties, on the property's own date.
OPENED_PLANS = """
    SELECT code.rate_plan_id, code.company
      FROM rates_ratecode AS code
      JOIN properties_property AS property ON property.id = code.property_id
     WHERE code.property_id = ANY(%s) AND upper(code.code) = ANY(%s) AND code.is_active
       AND (code.valid_until_date IS NULL
            OR code.valid_until_date >= (%s::timestamptz AT TIME ZONE property.timezone)::date)
"""

# From the day of arrival to the day of departure, which is asked for "closed to departure".
RESTRICTIONS = """
    SELECT product_id, date, min_stay_arrival, max_stay_arrival, min_stay_through, max_stay_through,
           is_closed_to_arrival, is_closed_to_departure, is_stop_sold, earliest_days, latest_days,
           release_days, cutoff_hour
      FROM rates_nightrestriction
     WHERE product_id = ANY(%s) AND date >= %s AND date <= %s
"""

PRICES = """
    SELECT product_id, array_agg(date ORDER BY date), array_agg(amount_minor ORDER BY date)
      FROM rates_nightprice
     WHERE product_id = ANY(%s) AND date >= %s AND date < %s
     GROUP BY product_id
"""

# The fewest units left on any night; room types that lack a night are absent. The table belongs to
# `inventory` on the same floor, so it is read here by its name. Nights under expired holds count as taken
# until the sweeper or a taker returns them.
UNITS_LEFT = """
    SELECT room_type_id,
           MIN(CASE WHEN is_closed THEN 0 ELSE GREATEST(allotment + allowance - held - sold, 0) END)
      FROM inventory_night
     WHERE room_type_id = ANY(%s) AND date >= %s AND date < %s
     GROUP BY room_type_id HAVING COUNT(*) = %s
"""
