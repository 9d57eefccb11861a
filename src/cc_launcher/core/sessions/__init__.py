"""Sessions that go on elsewhere: whose they were, who may have them, what would be refused. All pure."""
