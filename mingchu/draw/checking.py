"""Words of the page that checks a bundle in a browser: its checks, and what it cannot see."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CHECK_WORDS = (
    ("files", _("文件"), _("每个文件的摘要都与清单一致")),
    ("lists", _("名单"), _("名单只有一种写法：排好序、没有重复")),
    ("commitment", _("承诺"), _("锁定的文件和随机数就是当初承诺的")),
    ("beacon", _("随机源"), _("随机源就是方案里公布的那些")),
    ("seed", _("种子"), _("种子由承诺、随机源和随机数算出")),
    ("quotas", _("名额"), _("每一层抽取的户数符合比例")),
    ("tickets", _("号码"), _("抽中的是每一层号码最小的")),
    ("replacements", _("递补"), _("递补的是同一层的下一个，并写明原因")),
    ("register", _("登记"), _("承诺在登记簿里，能推到所列的树头")),
)
LEFT_OUT = (
    _("drand 随机数的签名（需要椭圆曲线配对运算）"),
    _("派员：谁与谁一组"),
    _("用国密 SM3 的抽取"),
)
