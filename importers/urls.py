from django.urls import path

from importers.views import batches, preview, topology

urlpatterns = [
    path("imports/", batches.imports, name="imports"),
    path("imports/<int:pk>/", batches.import_batch, name="import-batch"),
    path("imports/<int:pk>/choose/", batches.import_choose, name="import-choose"),
    path("imports/<int:pk>/set-up/", batches.import_set_up, name="import-set-up"),
    path("imports/<int:pk>/step/", batches.import_step, name="import-step"),
    path("imports/<int:pk>/row/", preview.import_row, name="import-row"),
    path("imports/<int:pk>/shapes/", preview.import_shapes, name="import-shapes"),
    path("imports/<int:pk>/topology/", topology.import_topology, name="import-topology"),
    path("imports/<int:pk>/topology/picture/", topology.import_topology_picture, name="import-topology-picture"),
    path("imports/<int:pk>/repair/", batches.import_repair, name="import-repair"),
    path("imports/<int:pk>/report.xlsx", preview.import_report, name="import-report"),
]
