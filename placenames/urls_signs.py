"""Addresses of signs."""

from django.urls import URLPattern, URLResolver, path

from placenames.views.signs import findings, gaps, patrol, public, register, taking, types, work

urlpatterns: list[URLPattern | URLResolver] = [
    path("signs/", register.sign_list, name="signs"),
    path("signs/new/", register.sign_new, name="sign-new"),
    path("signs/export/<slug:form>/", taking.signs_export, name="signs-export"),
    path("signs/production/<slug:form>/", taking.signs_production, name="signs-production"),
    path("signs/gaps/", gaps.sign_gaps, name="sign-gaps"),
    path("signs/gaps/export/<slug:form>/", gaps.gaps_export, name="sign-gaps-export"),
    path("signs/gaps/plan/", gaps.gaps_plan, name="sign-gaps-plan"),
    path("signs/works/", work.work_list, name="sign-works"),
    path("signs/works/<int:pk>/", work.work_move, name="sign-work-move"),
    path("signs/reports/", work.report_list, name="sign-reports"),
    path("signs/reports/<int:pk>/", work.report_handle, name="sign-report-handle"),
    path("signs/patrol/", patrol.beat_list, name="sign-patrol"),
    path("signs/patrol/app.webmanifest", patrol.manifest, name="sign-patrol-manifest"),
    path("signs/patrol/worker.js", patrol.worker, name="sign-patrol-worker"),
    path("signs/patrol/<slug:area>/", patrol.patrol_page, name="sign-patrol-area"),
    path("signs/patrol/<slug:area>/about.json", patrol.about, name="sign-patrol-about"),
    path("signs/patrol/<slug:area>/standing.json", patrol.standing, name="sign-patrol-standing"),
    path("signs/findings/", findings.finding_list, name="sign-findings"),
    path("signs/findings/new/", patrol.finding_new, name="sign-finding-new"),
    path("signs/findings/photos/", patrol.finding_photo, name="sign-finding-photo"),
    path("signs/findings/photos/<int:pk>.jpg", patrol.finding_picture, name="sign-finding-picture"),
    path("signs/findings/<int:pk>/<slug:step>/", findings.finding_step, name="sign-finding-step"),
    path("signs/types/", types.type_list, name="sign-types"),
    path("signs/ledger/", types.ledger_declare, name="sign-ledger"),
    path("signs/ledger/<int:pk>/end/", types.ledger_withdraw, name="sign-ledger-end"),
    path("signs/<int:pk>/", register.sign_page, name="sign"),
    path("signs/<int:pk>/edit/", register.sign_edit, name="sign-edit"),
    path("signs/<int:pk>/found/", register.sign_found, name="sign-found"),
    path("signs/<int:pk>/photos/", register.sign_photo, name="sign-photo"),
    path("signs/<int:pk>/photos/<int:photo>/", register.sign_photo_remove, name="sign-photo-remove"),
    path("signs/<int:pk>/works/", work.work_open, name="sign-work-open"),
    path("signs/<int:pk>/drawing/<slug:form>/", taking.sign_drawing, name="sign-drawing"),
    path("signs/<int:pk>/code/", taking.sign_code, name="sign-code"),
    path("api/signs/names", register.sign_names, name="sign-names"),
    path("s/<slug:token>/", public.sign_public, name="sign-public"),
]
