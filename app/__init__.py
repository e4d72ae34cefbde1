"""Từng Nhà: the household-visit log of Vietnam's community digital technology teams."""

__version__ = "0.1.0"
