"""Tables that serve every app and know no business: the outbox and the record of sent mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class TimestampedModel(models.Model):
    """Rows that remember when they were made and last changed (UTC)."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class OutboxMessage(models.Model):
    """One effect that must happen because a transaction committed: one row per event and receiver.

    The row is written in the transaction that caused it, handed to the task queue by the relay,
    and marked done in the same transaction as the effect's own rows. See `core.outbox`.
    """

    topic = models.CharField(max_length=80)
    receiver = models.CharField(max_length=160)
    queue = models.CharField(max_length=20, default="default")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                name="outbox_waiting",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["done_at"], name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} → {self.receiver} #{self.pk}"


class SentMail(models.Model):
    """A message that left the house, once per `key`. The demo mailbox shows these rows."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "SMS"

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    sent_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.subject or self.channel} to {self.recipient}"


class MailAttachment(models.Model):
    """A file that went with a message."""

    mail = models.ForeignKey(SentMail, on_delete=models.CASCADE, related_name="attachments")
    filename = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.filename
