"""From published lists to the lives of divisions: pure functions over plain data, no database.

dates      dates as documents write them
counties   yearly code tables and area-diff files → counties, prefectures, the province
townships  a list of one day and the yearly lists of changes → townships, walking back from the list
"""
