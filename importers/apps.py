from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportersConfig(AppConfig):
    name = "importers"
    verbose_name = _("数据导入")

    def ready(self) -> None:
        from gis.audit import words
        from gis.files import purposes
        from importers.policies import may_bring_files, may_fetch_imported_file

        words.register(
            {"import_divisions": _("导入区划"), "import_history": _("导入区划沿革")},
            {"read": _("读入行数"), "created": _("新增"), "updated": _("更新"), "unchanged": _("未变"), "rejected": _("未采用")},
        )
        # Larger than an attachment may be; the readers have bounds of their own.
        purposes.register(
            purposes.Purpose(
                "import", _("导入的数据文件"), may_fetch_imported_file, limit_bytes=1 << 31, may_upload=may_bring_files
            )
        )
