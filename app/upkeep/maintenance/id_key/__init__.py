"""Where the id key lies: apart from the data, beside nightly backups, and what is done once it is lost."""
