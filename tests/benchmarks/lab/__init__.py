"""The key table in a real JupyterLab in Chromium: `python -m tests.benchmarks.lab`."""
