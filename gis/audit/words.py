"""The trail in people's words: what actions, things and fields are called. Apps register their own."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.accounts.models import Duty

Words = Mapping[str, str | Promise]

_actions: dict[str, str | Promise] = {
    "user.create": _("建立账号"),
    "user.update": _("修改账号信息"),
    "user.activate": _("恢复账号"),
    "user.deactivate": _("停用账号"),
    "user.reset_password": _("重设他人密码"),
    "user.change_password": _("修改自己的密码"),
    "user.log_in": _("登录"),
    "user.locked_out": _("登录失败次数过多，暂时锁定"),
    "duty.assign": _("分配职责"),
    "duty.end": _("结束职责"),
    "file.store": _("接收文件"),
    "upload.start": _("开始上传大文件"),
    "upload.finish": _("大文件传完"),
    "upload.set_aside": _("文件有误，存留待查"),
    "upload.abort": _("取消上传"),
    "upload.expire": _("清除没有传完的文件"),
    "job.start": _("发起后台任务"),
    "audit.export": _("导出操作记录"),
}
_fields: dict[str, str | Promise] = {
    "area": _("地域"),
    "duty": _("职责"),
    "is_active": _("可以登录"),
    "sha256": _("SHA-256"),
    "kind": _("类别"),
    "rows": _("行数"),
    "filters": _("筛选条件"),
}
_values: dict[tuple[str, str], str | Promise] = {("duty", duty.value): duty.label for duty in Duty}


def register(actions: Words | None = None, fields: Words | None = None, values: Mapping[str, Words] | None = None) -> None:
    """`actions` by their code; `fields` by the key in before/after, which wins over a model field; `values` by field and value."""
    _actions.update(actions or {})
    _fields.update(fields or {})
    for field, words in (values or {}).items():
        _values.update({(field, value): word for value, word in words.items()})


def known_actions() -> dict[str, str | Promise]:
    return dict(_actions)


def action_word(action: str) -> str:
    return str(_actions.get(action, action))


def type_word(target_type: str) -> str:
    try:
        return str(apps.get_model(target_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return target_type


def field_word(target_type: str, key: str) -> str:
    return str(_fields.get(key) or getattr(_model_field(target_type, key), "verbose_name", key))


def value_word(target_type: str, key: str, value: str) -> str:
    if (key, value) in _values:
        return str(_values[key, value])
    choices = getattr(_model_field(target_type, key), "flatchoices", None) or ()
    return str(dict(choices).get(value, value))


def _model_field(target_type: str, key: str) -> object | None:
    try:
        return apps.get_model(target_type)._meta.get_field(key)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
