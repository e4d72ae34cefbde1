"""Lost phones: what a phone had at its last contact, and when a breach has to be told (decision 139)."""
