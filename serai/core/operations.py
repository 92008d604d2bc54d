"""Migration operations of our own."""

from __future__ import annotations

from typing import Any

from django.db.migrations import CreateModel


class CreateModelPartitionedByMonth(CreateModel):
    """`CreateModel` for a table partitioned by range of its `date` column. It starts without partitions."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = plain + ' PARTITION BY RANGE ("date")'
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
