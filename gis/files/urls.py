from django.urls import path

from gis.files import views

urlpatterns = [path("files/<int:pk>/", views.download, name="file-download")]
