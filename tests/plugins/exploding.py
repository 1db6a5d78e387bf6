raise SystemExit("a plugin that ends the program at import")
