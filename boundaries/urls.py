"""Addresses of divisions, standards and applications."""

from django.urls import URLPattern, URLResolver, path

from boundaries.views import applications

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
    path("divisions/<int:pk>/applications/panel/", applications.applications_panel, name="applications-panel"),
]
