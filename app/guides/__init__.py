"""Guides (*Cẩm nang*): short pages that volunteers read at the household, offline.

The project's texts are Markdown files in `app/data/guides`; a commune may change its copy.
"""
