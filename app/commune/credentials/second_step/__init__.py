"""What people do with their second factors: whoever a desk cookie signed in, supervisor, operator or viewer
(docs/decisions/0140)."""
