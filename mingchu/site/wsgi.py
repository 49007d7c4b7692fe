"""The WSGI application the web process serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingchu.site.settings")
application = get_wsgi_application()

from mingchu.kit.rules import source  # noqa: E402 only once there is an application

source.speak()

# The supervisor names its processes; whoever else imports the application does not count.
if "MINGCHU_PROCESS" in os.environ:
    from mingchu.site import metrics

    metrics.start_once()
