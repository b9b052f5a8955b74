"""The web map that the apps share: the folium shell and the cache of tiles."""
