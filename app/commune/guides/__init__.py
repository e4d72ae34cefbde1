"""Guides (*Cẩm nang*): short pages that volunteers read at the household, offline.

The project's texts are Markdown files in `app/commune/guides/texts`; a commune may change its copy.
"""
