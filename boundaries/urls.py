"""Addresses of divisions, standards and applications."""

from django.urls import URLPattern, URLResolver, path

from boundaries.views import (
    applications,
    check,
    divisions,
    exports,
    indicator_import,
    indicators,
    map_api,
    map_page,
    priority,
    screening,
    standards,
    tiles,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # Applications
    path("applications/", applications.application_list, name="applications"),
    path("applications/new/", applications.application_new, name="application-new"),
    path("applications/<int:pk>/", applications.application_detail, name="application"),
    path("applications/<int:pk>/edit/", applications.application_edit, name="application-edit"),
    path("applications/<int:pk>/steps/<slug:action>/", applications.application_step, name="application-step"),
    path("applications/<int:pk>/attachments/", applications.application_attach, name="application-attach"),
    path("applications/<int:pk>/attachments/<int:attachment>/", applications.application_detach, name="application-detach"),
    path("applications/<int:pk>/opinion.docx", applications.application_opinion, name="application-opinion"),
    path("applications/<int:pk>/dossier.zip", exports.application_dossier, name="application-dossier"),
    path("divisions/<int:pk>/applications/panel/", applications.applications_panel, name="applications-panel"),
    # Standards, figures, screening
    path("divisions/<int:pk>/check/", check.check_page, name="check"),
    path("divisions/<int:pk>/indicators/", indicators.indicators_page, name="indicators"),
    path("divisions/<int:pk>/indicators/panel/", indicators.indicators_panel, name="indicators-panel"),
    path("divisions/<int:pk>/indicators/<int:value>/withdraw/", indicators.indicator_withdraw, name="indicator-withdraw"),
    path("indicators/import/", indicator_import.indicators_import, name="indicators-import"),
    path("indicators/import/template.csv", indicator_import.indicators_template, name="indicators-template"),
    path("screening/", screening.screening_page, name="screening"),
    path("screening/export/", screening.screening_export, name="screening-export"),
    path("api/screening/", screening.screening_api, name="api-screening"),
    path("standards/", standards.standards_page, name="standards"),
    path("standards/new/", standards.standard_new, name="standard-new"),
    path("standards/<int:pk>/", standards.standard_page, name="standard"),
    path("standards/<int:pk>/text.toml", standards.standard_download, name="standard-download"),
    path("standards/<int:pk>/preview/", standards.standard_preview, name="standard-preview"),
    path("standards/<int:pk>/adopt/", standards.standard_adopt, name="standard-adopt"),
    path("standards/<int:pk>/retire/", standards.standard_retire, name="standard-retire"),
    path("priority-counties/", priority.priority_page, name="priority-counties"),
    path("priority-counties/<int:pk>/remove/", priority.priority_remove, name="priority-remove"),
    # Taking things away
    path("decisions/<int:pk>/dossier.zip", exports.decision_dossier, name="decision-dossier"),
    path("decisions/<int:pk>/map-<str:side>.<str:form>", exports.decision_map, name="decision-map"),
    path("changes/", exports.yearly_changes_page, name="yearly-changes-page"),
    path("changes/<int:year>.xlsx", exports.yearly_changes, name="yearly-changes"),
    path("code-lists/", exports.township_code_lists, name="township-code-lists"),
    # Map and divisions
    path("map/", map_page.map_page, name="map"),
    path("tiles/divisions/<str:day>/<int:z>/<int:x>/<int:y>.mvt", tiles.division_tile, name="division-tile"),
    path("api/divisions/at", map_api.at, name="division-at"),
    path("api/divisions/search", map_api.search, name="division-search"),
    path("api/divisions/days", map_api.days, name="division-days"),
    path("api/divisions/map", map_api.on_day, name="division-map"),
    path("api/divisions/<int:pk>/outline", map_api.outline, name="division-outline"),
    path("divisions/", divisions.division_list, name="divisions"),
    path("divisions/export.<str:form>", divisions.division_export, name="divisions-export"),
    path("divisions/<int:pk>/", divisions.division_page, name="division"),
    path("divisions/<int:pk>/panel/", divisions.division_panel, name="division-panel"),
]
