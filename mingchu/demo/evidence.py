"""Evidence of the demo: papers that say of themselves that they are invented."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from mingchu.accounts.domain import Actor
from mingchu.demo.plan import plan
from mingchu.kit.files import keeping
from mingchu.kit.models import Upload
from mingchu.kit.papers.documents import Letter

# Said on paper; people read it there in Chinese.
ISSUER, FOOT = "演示城市监管所", "演示附件：内容全部虚构，不是真实的执法文书"
SEEN = "现场核查记录（演示）"
SEEN_SAYS = (
    "执法人员到现场核查，经营者出示了更新后的证照和健康证明，登记信息已同步更新。",
    "操作间、库房与登记情况一致，未发现其他问题。",
)


def seen(by: Actor) -> Upload:
    """The record of a look at the place, as whoever was there sends it in."""
    return sent(by, SEEN, SEEN_SAYS)


def sent(by: Actor, title: str, says: tuple[str, ...]) -> Upload:
    """A paper of so many paragraphs; the same words are the same file."""
    paper = _printed(title, says)
    return keeping.keep(file=BytesIO(paper), claimed="application/pdf", by=by)


@cache
def _printed(title: str, says: tuple[str, ...]) -> bytes:
    """Setting a paper takes longer than anything else here: once a process."""
    today = plan().today
    letter = Letter(title=title, issuer=ISSUER, day=f"{today.year}年", paragraphs=says, foot=FOOT)
    return letter.print(at=plan().moment(today)).pdf
