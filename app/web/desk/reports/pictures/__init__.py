"""The figures and charts that the report's page opens with."""
