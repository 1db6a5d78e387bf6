"""The built-in plugins: what is known about AutoGPT, one subject a file: its facts, then its checks, then its links."""
