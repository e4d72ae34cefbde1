"""What the desk's pages share: their frame, the caller's context, labels, days, lists and filters."""
