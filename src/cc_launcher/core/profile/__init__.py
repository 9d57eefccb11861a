"""Profiles: what a file may say, what it extends, and one whole profile made of them."""
