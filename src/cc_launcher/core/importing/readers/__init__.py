"""One reader for each kind of source: from what stands in its files to drafts of profiles."""
