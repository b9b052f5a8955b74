from django.urls import path

from gis.files import views

urlpatterns = [
    path("files/<int:pk>/", views.download, name="file-download"),
    path("uploads/", views.uploads_, name="uploads"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("uploads/<uuid:pk>/chunks/<int:index>/", views.upload_chunk, name="upload-chunk"),
    path("uploads/<uuid:pk>/finish/", views.upload_finish, name="upload-finish"),
    path("uploads/<uuid:pk>/abort/", views.upload_abort, name="upload-abort"),
]
