"""A task for another profile: what it may take, what it says while it runs, and what is told of it. All pure."""
