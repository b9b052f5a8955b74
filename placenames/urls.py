"""Addresses of place names."""

from django.urls import URLPattern, URLResolver, path, re_path

from placenames import urls_signs
from placenames.rules.addresses import PATTERN
from placenames.views import archive_public, heritage, name_record, naming_case, naming_cases, naming_notices, search, spellings

urlpatterns: list[URLPattern | URLResolver] = [
    path("names/", search.names_page, name="names"),
    path("api/names/search", search.names_api, name="names-search"),
    *urls_signs.urlpatterns,
    path("names/cases/", naming_cases.case_list, name="naming-cases"),
    path("names/cases/new/", naming_cases.case_new, name="naming-case-new"),
    path("api/names/check", naming_cases.name_check, name="naming-check"),
    path("names/cases/<int:pk>/", naming_case.case_page, name="naming-case"),
    path("names/cases/<int:pk>/edit/", naming_cases.case_edit, name="naming-case-edit"),
    path("names/cases/<int:pk>/steps/<str:action>/", naming_case.case_step, name="naming-case-step"),
    path("names/cases/<int:pk>/papers/", naming_case.case_attach, name="naming-case-attach"),
    path("names/cases/<int:pk>/papers/<int:paper>/", naming_case.case_detach, name="naming-case-detach"),
    path("names/cases/<int:pk>/answers/", naming_case.case_answer, name="naming-case-answer"),
    path("names/cases/<int:pk>/answers/<int:answer>/", naming_case.case_unanswer, name="naming-case-unanswer"),
    path("names/cases/<int:pk>/notice.docx", naming_case.case_notice, name="naming-case-notice"),
    path("names/cases/<int:pk>/package.zip", naming_case.case_package, name="naming-case-package"),
    path("names/notices/", naming_notices.notice_list, name="naming-notices"),
    path("names/notices/<str:number>/", naming_notices.notice_page, name="naming-notice"),
    path("names/heritage/", heritage.heritage_list, name="heritage"),
    path("names/heritage/<int:pk>/", heritage.heritage_page, name="heritage-place"),
    path("names/heritage/<int:pk>/evidence/", heritage.heritage_show, name="heritage-show"),
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
