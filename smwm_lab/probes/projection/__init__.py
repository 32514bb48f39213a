"""Latents in two or three dimensions: PCA, UMAP, t-SNE, aligned with one another."""
