"""What stands beside a report's figures where a commune wants it: what others counted, with its source,
and new results.
"""
