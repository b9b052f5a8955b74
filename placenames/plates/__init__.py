"""Drawings of signs for the maker: true size, texts as outlines. Knows nothing of Django or of the register."""
