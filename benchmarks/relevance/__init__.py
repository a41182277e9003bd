"""Our model beside the field: `python -m benchmarks.relevance`."""
