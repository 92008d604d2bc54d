"""Routes of the dev pages."""

from django.urls import path

from serai.web.dev import bank, mail
from serai.web.dev.styleguide import styleguide

urlpatterns = [
    path("styleguide/", styleguide, name="dev_styleguide"),
    path("mail/", mail.mail_list, name="dev_mail"),
    path("mail/<int:mail_id>/", mail.mail_message, name="dev_mail_message"),
    path("mail/<int:mail_id>/html/", mail.mail_html, name="dev_mail_html"),
    path("mail/<int:mail_id>/files/<int:attachment_id>/", mail.mail_attachment, name="dev_mail_attachment"),
    path("bank/<slug:charge>/", bank.pay, name="dev_bank"),
    path("bank/<slug:charge>/approve/", bank.challenge, name="dev_bank_challenge"),
    path("bank/<slug:charge>/cancel/", bank.cancel, name="dev_bank_cancel"),
]
