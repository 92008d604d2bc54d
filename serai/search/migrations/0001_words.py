from django.db import migrations

# `unaccent` is only STABLE, because its dictionary could be edited; ours is not, and an index needs IMMUTABLE.
CREATE_FOLD = """
CREATE FUNCTION search_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, words));
"""

CREATE_INDEXES = """
CREATE INDEX search_property_words ON properties_property
    USING gin (to_tsvector('simple', search_fold(name)));
CREATE INDEX search_property_spelling ON properties_property
    USING gin (search_fold(name) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    """How words find properties: full text for whole words, trigrams for typos."""

    initial = True

    dependencies = [("core", "0001_initial"), ("properties", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_FOLD, "DROP FUNCTION search_fold(text)"),
        migrations.RunSQL(
            CREATE_INDEXES,
            "DROP INDEX search_property_words; DROP INDEX search_property_spelling",
        ),
    ]
