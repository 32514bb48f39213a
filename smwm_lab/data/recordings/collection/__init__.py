"""Recording from environments of gymnasium."""
