"""Makes the app, as the mutant that the environment variable MUTANT names, if it is set."""

import os

from fastapi import FastAPI

from app import main
from tests.faults.mutants import install


def create_app() -> FastAPI:
    install(os.environ.get("MUTANT", ""), setattr)
    return main.create_app()
