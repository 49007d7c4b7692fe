"""The WSGI application the web process serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingchu.site.settings")
application = get_wsgi_application()

# Only a serving process counts for the house; a command or a test that imports pages does not.
from mingchu.site import metrics  # noqa: E402

metrics.start_once()
