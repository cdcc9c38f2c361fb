"""Forks, re-runs and answers with a graph, and all of it as code."""
