"""Settings by place of use: `development`, `test`, `production`, all standing on `base`.

Every value that comes from the environment is declared once in `environment`, with help; docs/settings.md is generated from there.
"""
