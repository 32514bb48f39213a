"""What all widgets share: panel, exported page, recordings, background work, images."""
