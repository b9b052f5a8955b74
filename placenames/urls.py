"""Addresses of place names."""

from django.urls import URLPattern, URLResolver, path, re_path

from placenames.rules.addresses import PATTERN
from placenames.views import archive_public, name_record, search, spellings

urlpatterns: list[URLPattern | URLResolver] = [
    path("names/", search.names_page, name="names"),
    path("api/names/search", search.names_api, name="names-search"),
    re_path(rf"^names/(?P<key>{PATTERN})/$", archive_public.name_page, name="name"),
    path("names/spellings/", spellings.spellings, name="spellings"),
    path("names/spellings/decide/", spellings.spelling_decide, name="spelling-decide"),
    path("names/spellings/<int:pk>/undo/", spellings.spelling_undo, name="spelling-undo"),
    re_path(rf"^names/(?P<key>{PATTERN})/record/$", name_record.record_page, name="name-record"),
    re_path(rf"^names/(?P<key>{PATTERN})/record/(?P<pk>[0-9]{{1,18}})/$", name_record.record_edit, name="name-record-edit"),
    re_path(rf"^names/(?P<key>{PATTERN})/record/describe/$", name_record.record_describe, name="name-record-describe"),
    re_path(rf"^names/(?P<key>{PATTERN})/record/forms/$", name_record.form_add, name="name-form-add"),
    re_path(
        rf"^names/(?P<key>{PATTERN})/record/forms/(?P<pk>[0-9]{{1,18}})/$", name_record.form_withdraw, name="name-form-withdraw"
    ),
    re_path(rf"^api/names/(?P<key>{PATTERN})$", archive_public.name_json, name="name-json"),
    re_path(r"^names/code/(?P<code>[0-9]{2,20})/$", archive_public.name_by_code, name="name-by-code"),
    re_path(r"^names/media/(?P<pk>[0-9]{1,18})/(?P<size>large|small)$", archive_public.archive_media, name="archive-media"),
    re_path(r"^names/documents/(?P<pk>[0-9]{1,18})$", archive_public.archive_document, name="archive-document"),
]
