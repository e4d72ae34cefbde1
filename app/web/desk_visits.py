"""The desk: visits."""

from fastapi import APIRouter

router = APIRouter()
