"""What people already have for Claude Code, read from the files of other tools: what it would become here.

Nothing here opens a file, runs anything or asks anybody: texts come in, candidates for profiles go out.
"""
