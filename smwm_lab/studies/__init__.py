"""Science over seeds and settings: long comparisons whose tables are committed."""
