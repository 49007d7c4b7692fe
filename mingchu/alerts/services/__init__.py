"""The alerts' services, as pages, jobs and reactions use them."""

from mingchu.alerts.services.ending import end_alerts
from mingchu.alerts.services.feeding import Fed, calm_floods, feed_all, feed_touched, touch
from mingchu.alerts.services.folding import fold, forget_tallies, is_waiting
from mingchu.alerts.services.following import follow_businesses
from mingchu.alerts.services.letting_go import let_go
from mingchu.alerts.services.redating import redate
from mingchu.alerts.services.silencing import About, end_silences, lift, silence
from mingchu.alerts.services.warning import warn

__all__ = [
    "About",
    "Fed",
    "calm_floods",
    "end_alerts",
    "end_silences",
    "feed_all",
    "feed_touched",
    "fold",
    "follow_businesses",
    "forget_tallies",
    "is_waiting",
    "let_go",
    "lift",
    "redate",
    "silence",
    "touch",
    "warn",
]
