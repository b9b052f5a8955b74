"""Addresses of place names."""

from django.urls import URLPattern, URLResolver, path

from placenames import urls_signs
from placenames.views import search

urlpatterns: list[URLPattern | URLResolver] = [
    path("names/", search.names_page, name="names"),
    path("api/names/search", search.names_api, name="names-search"),
    *urls_signs.urlpatterns,
]
