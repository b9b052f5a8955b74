"""What pages for telephones in the field share: an app that opens without a connection, and taking once what they send.

The program of such a page stands in `static/gis/field/`: queue, store, chunks, service worker, base map, position.
"""
