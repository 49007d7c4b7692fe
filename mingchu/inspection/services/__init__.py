"""What can be done with plans, pools and regional tasks."""

from mingchu.inspection.services.checking import check
from mingchu.inspection.services.hearing import forget, hear
from mingchu.inspection.services.opening import open_batch
from mingchu.inspection.services.people import (
    end_recusal,
    note_leave,
    recuse,
    set_expertise,
    take_back_leave,
)
from mingchu.inspection.services.planning import (
    NewBatch,
    add_batch,
    approve,
    change_batch,
    draft_plan,
    drop_batch,
    file_plan,
    publish,
    send_back,
    submit,
    withdraw,
)
from mingchu.inspection.services.regional import bring_regional, take_back_regional

__all__ = [
    "NewBatch",
    "add_batch",
    "approve",
    "bring_regional",
    "change_batch",
    "check",
    "draft_plan",
    "drop_batch",
    "end_recusal",
    "file_plan",
    "forget",
    "hear",
    "note_leave",
    "open_batch",
    "publish",
    "recuse",
    "send_back",
    "set_expertise",
    "submit",
    "take_back_leave",
    "take_back_regional",
    "withdraw",
]
