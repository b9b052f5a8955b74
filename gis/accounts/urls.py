"""Logging in and out, one's own password, and people for their administrators."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from gis.accounts.views import own, people

urlpatterns = [
    path("login/", own.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", own.own_password, name="own-password"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/areas/", people.area_search, name="area-search"),
    path("people/<int:pk>/", people.person_detail, name="person-detail"),
    path("people/<int:pk>/deactivate/", people.person_active, {"active": False}, name="person-deactivate"),
    path("people/<int:pk>/activate/", people.person_active, {"active": True}, name="person-activate"),
    path("people/<int:pk>/password/", people.person_password, name="person-password"),
    path("people/<int:pk>/duties/new/", people.duty_new, name="duty-new"),
    path("people/<int:pk>/duties/<int:duty>/end/", people.duty_end, name="duty-end"),
]
