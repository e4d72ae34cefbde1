"""The tests. Nothing that pytest imports becomes garbage, so none is searched for until the tests begin."""

import gc
import sys

if "pytest" in sys.modules:
    gc.disable()  # until `tests.shared.spare_garbage`
