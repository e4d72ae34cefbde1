"""The app in a process of its own, with the bug that FAULT_SEED names, if it names one."""

import os

from fastapi import FastAPI

from app import main
from tests.faults.seeds import plant


def create_app() -> FastAPI:
    plant(os.environ.get("FAULT_SEED", ""), setattr)
    return main.create_app()
