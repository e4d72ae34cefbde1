"""What the budgets are measured with: one script a row of RESULTS.md, run as `python -m benchmarks.<name>`.

A benchmark is a module of this folder with a function `measure(small=False, …) -> list[Figure]`;
`benchmarks.all` runs each and rewrites the table of RESULTS.md. `small` takes tiny numbers, so that a
test can run it. Everything stays on this machine's loopback.
"""
