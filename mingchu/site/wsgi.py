"""The WSGI application the web process serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from mingchu.site.shares import Application, shared

# Young objects looked through at a time: a page makes some thousands, nearly all gone with it.
YOUNG, MIDDLE, OLD = 10_000, 20, 50


def settle() -> None:
    """What is loaded stays: the collector no longer walks hundreds of thousands of lasting objects,
    which took up to half a second now and then, in the middle of somebody's page."""
    _ = get_resolver().url_patterns  # loads every page of the house
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingchu.site.settings")
application: Application = get_wsgi_application()

from mingchu.kit.rules import source  # noqa: E402 only once there is an application
from mingchu.site.gates import gated  # noqa: E402
from mingchu.site.settings import setting  # noqa: E402

source.speak()
application = gated(application, pages=int(setting("MINGCHU_WEB_THREADS")))

# The supervisor names its processes; whoever else imports the application does not count.
if "MINGCHU_PROCESS" in os.environ:
    from mingchu.site import metrics

    metrics.start_once()
    application = shared(application)
    settle()
