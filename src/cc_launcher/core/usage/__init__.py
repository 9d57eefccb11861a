"""What sessions took and what that costs: transcripts read, attributed, priced and summed up. All pure."""
