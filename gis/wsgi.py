"""The door for a web server: `gunicorn gis.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.production")
application = get_wsgi_application()
