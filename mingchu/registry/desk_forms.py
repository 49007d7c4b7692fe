"""Forms of the business's own desk: few fields, each only what nobody else knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mingchu.registry import models
from mingchu.registry.forms import day
from mingchu.registry.values import FILES_TOP

IMAGES = "image/jpeg,image/png,image/webp,image/heic"
PAPERS = f"{IMAGES},application/pdf"


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field; none where it is not required."""

    def __init__(self, *, top: int = FILES_TOP, accept: str = PAPERS, **more: Any):
        super().__init__(widget=Files(attrs={"multiple": True, "accept": accept}), **more)
        self.top = top

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        sent = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(sent) > self.top:
            raise forms.ValidationError(_("一次最多%(top)s个文件"), params={"top": self.top})
        checked = [super(FilesField, self).clean(one, initial) for one in sent]
        if self.required and not checked:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return checked


class ContactForm(forms.Form):
    phone = forms.CharField(
        label=_("联系电话"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    sign = forms.CharField(label=_("店招"), max_length=120, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class StaffForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=60)
    duties = forms.MultipleChoiceField(
        label=_("职责"),
        choices=models.Duty.choices,
        initial=["handler"],
        widget=forms.CheckboxSelectMultiple,
    )
    identity = forms.CharField(
        label=_("身份证号"),
        max_length=18,
        required=False,
        help_text=_("只用于认出同一个人：存为加密摘要，页面只显示后四位"),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    since = day(_("到岗日期"))


class CertificateForm(forms.Form):
    photo = forms.FileField(
        label=_("健康证明照片"),
        widget=forms.ClearableFileInput(attrs={"accept": PAPERS}),
        help_text=_("拍清姓名、编号和日期；照片里的拍摄地点等信息会自动去除"),
    )
    issued = day(_("发证日期"))
    number = forms.CharField(label=_("健康证编号"), max_length=40, required=False)
    until = day(_("有效期至"), required=False)
    until.help_text = _("不填则按发证日期和规定的年限计算")


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("答复"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    papers = FilesField(
        label=_("照片或材料"), required=False, help_text=_("JPEG、PNG、WebP、HEIC 或 PDF")
    )
