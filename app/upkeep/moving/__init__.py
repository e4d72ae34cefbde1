"""Moving a commune to another instance: its file, written where it leaves and read where it arrives."""
