"""The shop's service: catalogue feeds, HTTP API, pages, database, jobs, privacy."""
