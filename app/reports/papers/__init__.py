"""*Giấy tờ*: the papers on personal data and security that a commune needs, as Word files (decision 155)."""
