"""Addresses of place names."""

from django.urls import URLPattern, URLResolver, path, re_path

from placenames.rules.addresses import PATTERN
from placenames.views import archive_collections, archive_more, archive_public, archive_room, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("names/", search.names_page, name="names"),
    path("api/names/search", search.names_api, name="names-search"),
    re_path(rf"^names/(?P<key>{PATTERN})/$", archive_public.name_page, name="name"),
    re_path(rf"^api/names/(?P<key>{PATTERN})$", archive_public.name_json, name="name-json"),
    re_path(r"^names/code/(?P<code>[0-9]{2,20})/$", archive_public.name_by_code, name="name-by-code"),
    re_path(r"^names/media/(?P<pk>[0-9]{1,18})/(?P<size>large|small)$", archive_public.archive_media, name="archive-media"),
    re_path(r"^names/documents/(?P<pk>[0-9]{1,18})$", archive_public.archive_document, name="archive-document"),
    re_path(rf"^names/(?P<key>{PATTERN})/suggest/$", archive_more.suggest, name="name-suggest"),
    path("suggestions/", archive_more.suggestion, name="suggestion"),
    path("collections/", archive_more.collections, name="collections"),
    path("collections/<slug:slug>/", archive_more.collection, name="collection"),
    path("open-data/", archive_more.open_data_page, name="open-data"),
    re_path(r"^open-data/names\.(?P<form>csv|geojson)$", archive_more.open_data_file, name="open-data-file"),
    path("archive/", archive_room.archive, name="archive"),
    re_path(rf"^archive/(?P<key>{PATTERN})/$", archive_room.room, name="archive-room"),
    re_path(rf"^archive/(?P<key>{PATTERN})/text/(?P<kind>[a-z]{{1,10}})/$", archive_room.text, name="archive-text"),
    re_path(rf"^archive/(?P<key>{PATTERN})/(?P<what>[a-z-]{{1,20}})/$", archive_room.do, name="archive-do"),
    path("archive/collections/new/", archive_collections.collection_new, name="archive-collection-new"),
    path("archive/collections/<slug:slug>/", archive_collections.collection_edit, name="archive-collection"),
    path("archive/collections/<slug:slug>/members/", archive_collections.collection_member, name="archive-collection-member"),
]
