"""The WSGI door: pages (and later the API)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.config.settings")
application = get_wsgi_application()
