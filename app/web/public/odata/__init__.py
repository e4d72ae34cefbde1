"""`/api/v1/odata/`: the same figures as OData 4, read-only, which Excel and Power BI refresh without a file.

Only what `docs/open-data.md` names is understood; any other option is refused by its name (501), which Power
Query answers by doing that part itself.
"""

ADDRESS = "/api/v1/odata"
