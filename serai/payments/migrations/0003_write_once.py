"""What is written to a folio or an invoice stays: the database itself refuses to change or delete it.

Money that moved before there were folios gets its lines first, so that they hold for every reference.
"""

from django.db import migrations

POST_EARLIER_MONEY = """
    INSERT INTO payments_folioline (reference, kind, text, amount_minor, is_included, key, created_at)
    SELECT reference, 'payment', method, -amount_minor, false, 'payment:' || id,
           COALESCE(succeeded_at, updated_at)
      FROM payments_payment
     WHERE state = 'succeeded'
     ORDER BY COALESCE(succeeded_at, updated_at), id;

    INSERT INTO payments_folioline (reference, kind, text, amount_minor, is_included, key, created_at)
    SELECT payment.reference, 'refund', payment.method, refund.amount_minor, false,
           'refund:' || refund.id || ':1', refund.created_at
      FROM payments_refund refund
      JOIN payments_payment payment ON payment.id = refund.payment_id
     WHERE refund.state IN ('pending', 'succeeded')
     ORDER BY refund.created_at, refund.id;

    UPDATE payments_refund SET postings = 1 WHERE state IN ('pending', 'succeeded');
"""

CREATE_REFUSAL = """
    CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is written once: what is wrong is corrected by a further row.', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
"""

TABLES = ("payments_folioline", "payments_invoice", "payments_invoicefile")


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_booking_engine")]

    operations = [
        migrations.RunSQL(POST_EARLIER_MONEY, migrations.RunSQL.noop),
        migrations.RunSQL(CREATE_REFUSAL, "DROP FUNCTION payments_refuse_change()"),
        *(
            migrations.RunSQL(
                f"""
                CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION payments_refuse_change()
                """,
                f"DROP TRIGGER {table}_written_once ON {table}",
            )
            for table in TABLES
        ),
    ]
