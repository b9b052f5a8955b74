"""The sentences that every page of the field says, in the reader's language. {…} are blanks the program fills in."""

from __future__ import annotations

from django.utils.translation import gettext as _


def winds() -> list[str]:
    return [_("北"), _("东北"), _("东"), _("东南"), _("南"), _("西南"), _("西"), _("西北")]


def words() -> dict[str, str]:
    return {**_line(), **_queue(), **_photos(), **_basemap()}


def _line() -> dict[str, str]:
    return {
        "online": _("已连接"),
        "offline": _("没有网络"),
        "loggedOutShort": _("请登录"),
        "barredShort": _("不能上传"),
        "toSend": _("待传 {count}"),
        "needsHttps": _("本页不是经 https 打开的，手机浏览器不给定位，也不能离线使用。请用 https 地址打开，或在电脑上选文件上传。"),
        "noGeolocation": _("这台设备不能定位。可以选择手持机的文件。"),
        "positionRefused": _("没有得到定位许可。请在浏览器的网站设置里允许“位置信息”。"),
        "positionLost": _("暂时收不到定位信号，到开阔处会自动恢复。"),
        "positionWanted": _("正在定位……"),
        "noConnection": _("没有连上服务器，请稍后再试。"),
        "noStore": _("浏览器不允许在本机保存内容（可能开了无痕模式），请换普通窗口打开。"),
        "full": _("手机存储空间不足，没有保存。请先上传并清理已收到的内容，或腾出空间。"),
        "notKept": _("没有保存成功，请再试一次。"),
    }


def _queue() -> dict[str, str]:
    return {
        "loggedOut": _("登录已过期。内容都在手机上，登录后自动继续上传。"),
        "logIn": _("登录"),
        "offlineLong": _("没有连上服务器。内容都在手机上，连上后自动上传。"),
        "againAt": _("{at} 再试。"),
        "ofOther": _("有 {count} 项是 {name} 用这台手机记录的，要由本人登录上传，"),
        "adopt": _("或由我代传"),
        "queue": _("待传 {open} 项，已收到 {there} 项"),
        "queueEmpty": _("还没有记录。"),
        "sending": _("正在传 {percent}%"),
        "item_waiting": _("待传"),
        "item_arrived": _("已收到"),
        "item_refused": _("没有接收"),
        "tryAgain": _("再传一次"),
        "saveAs": _("另存"),
        "drop": _("放弃"),
        "reallyDrop": _("放弃“{name}”？服务器上没有它，手机上也会删去。"),
        "duplicate": _("同样的文件先前已收到（{file}），没有重复计入。"),
        "room": _("本机已用 {used} MB，可用约 {free} MB。"),
        "persisted": _("浏览器承诺不自动清理。"),
        "notPersisted": _("空间紧张时浏览器可能清理，请及时上传；装到手机桌面更稳妥。"),
    }


def _photos() -> dict[str, str]:
    return {
        "heic": _("“{name}”是 HEIC 照片，办公电脑大多打不开。请在手机“设置 → 相机 → 格式”选“兼容性最佳”后重拍，或另存为 JPEG。"),
        "photoUnreadable": _("“{name}”读不出来，请重拍或重选。"),
        "removePhoto": _("移除照片 {name}"),
    }


def _basemap() -> dict[str, str]:
    return {
        "basemapNone": _("没有网络时，只有看过的地方有底图。"),
        "basemapMeasuring": _("正在估算大小……"),
        "basemapYes": _("开始存"),
        "basemapGoing": _("正在存底图 {percent}%"),
        "basemapStop": _("停下"),
        "basemapKept": _("底图已存 {count} 张（{size} MB），{at}。"),
        "basemapAgain": _("重新存或补存"),
        "basemapPart": _("存了 {count} 张，共 {all} 张；已存的都能用，可以再点接着存。"),
        "basemapRefused": _("底图服务器不允许手机保存，只能在有网络时看。请单位的管理员设置（CORS）。"),
    }
