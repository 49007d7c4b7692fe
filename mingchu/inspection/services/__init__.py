"""What can be done with plans, pools, visits, records and regional tasks."""

from mingchu.inspection.services.accepting import decide
from mingchu.inspection.services.checking import check
from mingchu.inspection.services.hearing import forget, hear
from mingchu.inspection.services.instruments import (
    calibrate,
    keep_instrument,
    retire,
)
from mingchu.inspection.services.mending import (
    answer_finding,
    answer_reply,
    confirm,
    note_overdue,
    plan_recheck,
    reply,
    return_answer,
)
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
from mingchu.inspection.services.receiving import Came, receive, receive_many
from mingchu.inspection.services.regional import bring_regional, take_back_regional
from mingchu.inspection.services.releasing import release, release_due
from mingchu.inspection.services.reminding import remind_due
from mingchu.inspection.services.unpacking import Unpacked, unpack
from mingchu.inspection.services.visiting import (
    approve_visits,
    assign_visits,
    begin,
    call_off,
    follow_business,
    follow_merge,
    follow_unmerge,
    notify_visits,
    plan_visit,
    plan_visits,
    reassign,
    send_back_visit,
)
from mingchu.inspection.services.weighing import NewVisit

__all__ = [
    "Came",
    "NewBatch",
    "NewVisit",
    "Unpacked",
    "add_batch",
    "answer_finding",
    "answer_reply",
    "approve",
    "approve_visits",
    "assign_visits",
    "begin",
    "bring_regional",
    "calibrate",
    "call_off",
    "change_batch",
    "check",
    "confirm",
    "decide",
    "draft_plan",
    "drop_batch",
    "end_recusal",
    "file_plan",
    "follow_business",
    "follow_merge",
    "follow_unmerge",
    "forget",
    "hear",
    "keep_instrument",
    "note_leave",
    "note_overdue",
    "notify_visits",
    "open_batch",
    "plan_recheck",
    "plan_visit",
    "plan_visits",
    "publish",
    "reassign",
    "receive",
    "receive_many",
    "recuse",
    "release",
    "release_due",
    "remind_due",
    "reply",
    "retire",
    "return_answer",
    "send_back",
    "send_back_visit",
    "set_expertise",
    "submit",
    "take_back_leave",
    "take_back_regional",
    "unpack",
    "withdraw",
]
