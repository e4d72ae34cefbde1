"""Từng Nhà: the household-visit log of Vietnam's community digital technology teams.

phone ─▶ web ─▶ sync ─▶ fieldwork ─▶ review ─▶ reports ─▶ web/desk
Everything stands on commune (who, where, which services) and core. Lists and paper come in by intake; upkeep
keeps a server alive. Imports go down:
main, cli · web · upkeep · intake · sync, reports · review · fieldwork · commune · core.
"""

__version__ = "0.1.0"
