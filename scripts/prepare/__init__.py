"""Prepares a machine for Yudi: packages, Python environment, front-end assets, private database.

Only the standard library may be imported here, because this runs before anything is installed.
"""
